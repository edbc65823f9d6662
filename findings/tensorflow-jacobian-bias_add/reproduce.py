# fails with: Invalid reduction dimension
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x, b = tf.ones((1, 2, 3)), tf.ones((2,))
with tf.GradientTape() as tape:
    tape.watch(b)
    y = tf.nn.bias_add(x, b, "NCHW")
numpy.testing.assert_allclose(tf.reduce_sum(tape.jacobian(y, b), [0, 1, 2]), [3.0, 3.0])
