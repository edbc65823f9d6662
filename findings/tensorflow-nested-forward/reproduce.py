import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x, one = tf.constant(1.0, tf.float64), tf.constant(1.0, tf.float64)
with tf.autodiff.ForwardAccumulator(x, one) as outer:
    with tf.autodiff.ForwardAccumulator(x, one) as inner:
        m = tf.identity(x)
        y = (m * m) * m
    first = inner.jvp(y)
numpy.testing.assert_allclose(outer.jvp(first), 6.0)  # the second derivative of x^3
