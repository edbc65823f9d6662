import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant(1e-20, tf.float64)  # erf(x) is 2 x / sqrt(pi) there
numpy.testing.assert_allclose(tf.math.erfinv(x), numpy.sqrt(numpy.pi) / 2 * 1e-20)
