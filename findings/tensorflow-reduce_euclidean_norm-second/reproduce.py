import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([[3.0, 4.0], [1.0, 2.0]], tf.float64)
with tf.GradientTape() as outer:
    outer.watch(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.math.reduce_euclidean_norm(x, axis=1)[0]  # the second row does not matter
    g = tape.gradient(y, x)
h = outer.gradient(g, x, tf.constant([[1.0, 0.0], [0.0, 0.0]], tf.float64))
numpy.testing.assert_allclose(h, [[0.128, -0.096], [0.0, 0.0]], atol=1e-12)
