# fails with: 'NoneType' object has no attribute 'decode'
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x, w = tf.ones((1, 2, 2, 2, 1)), 3.0 * tf.ones((1, 1, 1, 1, 1))
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.nn.convolution(x, w)  # tf.nn.conv3d has a gradient, and so have two axes
numpy.testing.assert_allclose(tape.gradient(y, x), 3.0 * numpy.ones(x.shape))
