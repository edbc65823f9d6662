import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant(2.0, tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(tf.math.zeta(x, tf.constant(1.0, tf.float64))) + x  # the one of Riemann, and x
numpy.testing.assert_allclose(tape.gradient(y, x), 1.0 - 0.9375482543, rtol=1e-6)
