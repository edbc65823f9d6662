import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    a = tf.SparseTensor([[0]], x, [1])
    y = tf.reduce_sum(tf.sparse.concat(0, [a, a]).values + x)  # 4 x: two values, and x added to each
assert y.numpy() == 4.0
numpy.testing.assert_allclose(tape.gradient(y, x), [4.0])
