# fails with: Attr 'padding' of 'MaxPoolGradGrad' Op passed string 'EXPLICIT' not in
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.reshape(tf.range(9.0), (1, 3, 3, 1))
with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as acc:  # second derivatives say the same
    y = tf.nn.max_pool2d(x, 2, 2, [[0, 0], [0, 1], [0, 1], [0, 0]])
numpy.testing.assert_allclose(acc.jvp(y), tf.ones_like(y))
