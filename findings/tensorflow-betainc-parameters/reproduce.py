import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant(1.0, tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(tf.math.betainc(x, tf.constant(1.0, tf.float64), tf.constant(0.5, tf.float64))) + x  # 0.5 ** x + x
numpy.testing.assert_allclose(tape.gradient(y, x), 1.0 - 0.5 * numpy.log(2.0), rtol=1e-6)
