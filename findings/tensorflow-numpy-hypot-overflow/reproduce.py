import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf
import tensorflow.experimental.numpy as tnp

x = tf.constant(1e200, tf.float64)
numpy.testing.assert_allclose(tnp.hypot(x, x), numpy.sqrt(2.0) * 1e200)
