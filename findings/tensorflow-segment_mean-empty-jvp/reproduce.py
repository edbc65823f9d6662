import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0, 2.0], tf.float64)
with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as acc:
    y = tf.math.segment_mean(x, [0, 2])  # x0, 0, x1
numpy.testing.assert_allclose(acc.jvp(y), [1.0, 0.0, 1.0])
