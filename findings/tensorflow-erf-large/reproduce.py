import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

numpy.testing.assert_allclose(tf.math.erf(tf.constant(1e155, tf.float64)), 1.0)
