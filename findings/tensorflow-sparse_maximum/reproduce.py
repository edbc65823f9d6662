# fails with: takes 2 positional arguments but 3 were given
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0, 2.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    a = tf.SparseTensor([[0], [2]], x, [3])
    b = tf.SparseTensor([[1], [2]], tf.constant([5.0, 1.0], tf.float64), [3])
    y = tf.reduce_sum(tf.sparse.maximum(a, b).values)  # x0 + 5 + x1
numpy.testing.assert_allclose(tape.gradient(y, x), [1.0, 1.0])
