import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0], tf.complex128)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.math.real(tf.math.multiply_no_nan(x, tf.constant([1j], tf.complex128)))  # Re i x; that of x * 1j is right
numpy.testing.assert_allclose(tape.gradient(y, x), [-1j])
