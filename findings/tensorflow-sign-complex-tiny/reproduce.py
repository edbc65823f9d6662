import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

z = tf.constant(3e-200 + 4e-200j, tf.complex128)
numpy.testing.assert_allclose(tf.sign(z), 0.6 + 0.8j)
