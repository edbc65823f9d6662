# fails with: explicit_paddings attribute must contain 8 values
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x, w = tf.ones((1, 2, 2, 1)), tf.ones((1, 1, 1, 1))
with tf.GradientTape() as tape:
    tape.watch(w)
    y = tf.nn.conv2d(x, w, 1, [[0, 0], [0, 1], [0, 0], [0, 0]])
numpy.testing.assert_allclose(tape.jacobian(y, w)[0, :, :, 0, 0, 0, 0, 0], [[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
