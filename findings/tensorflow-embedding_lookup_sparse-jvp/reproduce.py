import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

w = tf.constant([1.0, 2.0], tf.float64)
index = [[0, 0], [2, 0]]  # row 1 is empty
ids = tf.SparseTensor(index, tf.constant([0, 1], tf.int64), [3, 1])
with tf.autodiff.ForwardAccumulator(w, tf.ones_like(w)) as acc:
    y = tf.nn.embedding_lookup_sparse(tf.eye(2, dtype=tf.float64), ids, tf.SparseTensor(index, w, [3, 1]), combiner="sqrtn")
assert y.numpy()[1].tolist() == [0.0, 0.0]
numpy.testing.assert_allclose(acc.jvp(y), tf.zeros((3, 2)), atol=1e-12)
