import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([[1j]], tf.complex128)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.math.real(tf.linalg.sqrtm(x)[0, 0])  # Re sqrt x
numpy.testing.assert_allclose(tape.gradient(y, x), [[0.5 / numpy.sqrt(-1j)]])
