# fails with: 'IndexedSlices' object has no attribute '_id'
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x, one = tf.constant([1.0, 2.0, 3.0], tf.float64), tf.ones(3, tf.float64)
with tf.autodiff.ForwardAccumulator(x, one) as acc:
    y = tf.RaggedTensor.from_row_lengths(x, [1, 2]).to_tensor()
numpy.testing.assert_allclose(acc.jvp(y), [[1.0, 0.0], [1.0, 1.0]])
