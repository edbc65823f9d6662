# fails with: Input is not invertible
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

a = tf.constant([[1.0, 2.0], [2.0, 4.0]], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(a)
    y = tf.linalg.det(a)
numpy.testing.assert_allclose(tape.gradient(y, a), [[4.0, -2.0], [-2.0, 1.0]])
