# fails with: Indices and updates specified for empty output
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0, 2.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.gather_nd(x, tf.zeros((2, 0), tf.int32))
assert y.numpy().tolist() == [[1.0, 2.0], [1.0, 2.0]]
numpy.testing.assert_allclose(tape.gradient(y, x), [2.0, 2.0])
