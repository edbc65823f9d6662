# fails with: params must be at least a vector
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0, 2.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = (tf.SparseTensor([[0, 0], [1, 1]], x, [2, 2]) * 2.0).values
assert y.numpy().tolist() == [2.0, 4.0]
numpy.testing.assert_allclose(tape.gradient(y, x), [2.0, 2.0])
