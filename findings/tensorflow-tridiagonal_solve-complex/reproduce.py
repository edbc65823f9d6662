import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

d, b = tf.constant([[0.0], [1j], [0.0]], tf.complex128), tf.constant([[1.0]], tf.complex128)
with tf.GradientTape() as tape:
    tape.watch(b)
    y = tf.math.real(tf.linalg.tridiagonal_solve(d, b)[0, 0])  # Re b / i
numpy.testing.assert_allclose(tape.gradient(y, b), [[1j]])
