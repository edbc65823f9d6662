import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0, 2.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.sparse.segment_sum(x, [0, 1], [0, 1], num_segments=3)  # x0, x1, 0
numpy.testing.assert_allclose(tape.jacobian(y, x), [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
