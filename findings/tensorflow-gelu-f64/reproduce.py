import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

y = tf.nn.gelu(tf.constant(1.0, tf.float64))
numpy.testing.assert_allclose(y, 0.8413447460685429, rtol=1e-12)  # the normal distribution at 1
