import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1e200, 0.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.norm(x)
numpy.testing.assert_allclose(tape.gradient(y, x), [1.0, 0.0])
numpy.testing.assert_allclose(y, 1e200)
