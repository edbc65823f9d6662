import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0, 2.0, 3.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.roll(x, 1, -1)
numpy.testing.assert_allclose(tape.jacobian(y, x), [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
