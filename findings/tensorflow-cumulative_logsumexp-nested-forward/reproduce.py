import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf


@tf.function
def second(x):
    one = tf.ones_like(x)
    with tf.autodiff.ForwardAccumulator(x, one) as outer:
        with tf.autodiff.ForwardAccumulator(x, one) as inner:
            y = tf.math.cumulative_logsumexp(tf.stack([x, tf.zeros_like(x)]))[1]  # log(e^x + 1)
        first = inner.jvp(y)
    return outer.jvp(first)


numpy.testing.assert_allclose(second(tf.constant(0.0, tf.float64)), 0.25)
