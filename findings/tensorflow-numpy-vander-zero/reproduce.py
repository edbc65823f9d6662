import numpy
import tensorflow as tf

x = tf.constant([0.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(tf.experimental.numpy.vander(x, 3))  # x^2 + x + 1
numpy.testing.assert_allclose(tape.gradient(y, x), [1.0])
