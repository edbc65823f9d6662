import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1j], tf.complex128)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.math.real(tf.math.squared_difference(x, 0.0))  # Re x^2; that of x ** 2 is right
numpy.testing.assert_allclose(tape.gradient(y, x), [-2j])
