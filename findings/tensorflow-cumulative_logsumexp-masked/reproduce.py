import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([-numpy.inf, 0.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.math.cumulative_logsumexp(x)[1]
numpy.testing.assert_allclose(tape.gradient(y, x), [0.0, 1.0])  # as tf.math.reduce_logsumexp has it
