# fails with: Dimension must be 6 but is 5
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.reshape(tf.range(8.0), (1, 2, 2, 2, 1))
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.compat.v1.nn.fused_batch_norm(x, [1.0], [0.0], data_format="NDHWC")[0]
numpy.testing.assert_allclose(tf.reduce_sum(tape.jacobian(y, x)), 0.0, atol=1e-4)
