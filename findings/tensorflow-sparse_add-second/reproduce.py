import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0], tf.float64)
with tf.GradientTape() as outer:
    outer.watch(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        a = tf.SparseTensor([[0]], x, [1])
        y = tf.reduce_sum(tf.sparse.add(a, a).values ** 2 + x ** 2)  # 5 x^2
    g = tape.gradient(y, x)
numpy.testing.assert_allclose(g, [10.0])
numpy.testing.assert_allclose(outer.gradient(g, x), [10.0])
