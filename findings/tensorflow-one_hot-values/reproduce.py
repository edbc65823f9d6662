import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant(3.0, tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(tf.one_hot([0], 2, on_value=x, off_value=tf.constant(0.0, tf.float64))) + x  # x + x
numpy.testing.assert_allclose(tape.gradient(y, x), 2.0, rtol=1e-6)
