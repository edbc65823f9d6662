import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([2.0, 2.0, 2.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.linalg.eigh_tridiagonal(x, tf.constant([1.0, 1.0], tf.float64))[0]  # of the vector (1, -sqrt 2, 1) / 2
numpy.testing.assert_allclose(tape.gradient(y, x), [0.25, 0.5, 0.25], rtol=1e-6)
