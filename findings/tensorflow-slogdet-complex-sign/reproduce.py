import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([[2.0]], tf.complex128)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.math.imag(tf.linalg.slogdet(x)[0])  # Im z / |z|: the sign of a complex matrix is not constant
numpy.testing.assert_allclose(tape.gradient(y, x), [[0.5j]])
