import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant(0.0, tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.nn.weighted_cross_entropy_with_logits(tf.constant(1.0, tf.float64), x, 1.0)  # log(1 + exp(-x))
numpy.testing.assert_allclose(tape.gradient(y, x), -0.5)
