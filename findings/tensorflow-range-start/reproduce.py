import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant(0.5, tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(tf.range(x, 3.0, dtype=tf.float64)) + x  # x + (x + 1) + (x + 2) + x
numpy.testing.assert_allclose(tape.gradient(y, x), 4.0, rtol=1e-6)
