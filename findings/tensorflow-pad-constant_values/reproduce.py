import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant(3.0, tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(tf.pad(tf.zeros((1,), tf.float64), [[1, 1]], constant_values=x)) + x  # x + x + x
numpy.testing.assert_allclose(tape.gradient(y, x), 3.0, rtol=1e-6)
