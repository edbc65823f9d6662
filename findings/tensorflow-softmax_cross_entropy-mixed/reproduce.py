import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

p, x = tf.constant([[0.5, 0.5]], tf.float64), tf.constant([[0.0, 0.0]], tf.float64)
with tf.GradientTape() as outer:
    outer.watch(p)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.softmax_cross_entropy_with_logits(p, x)
    g = tape.gradient(y, x)  # softmax(x) - p
numpy.testing.assert_allclose(outer.gradient(g, p, tf.constant([[1.0, -1.0]], tf.float64)), [[-1.0, 1.0]])
