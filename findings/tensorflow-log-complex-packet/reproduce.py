import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

z = tf.constant([1e200 + 1e200j] * 4, tf.complex128)
numpy.testing.assert_allclose(tf.math.log(z), [numpy.log(2.0) / 2 + numpy.log(1e200) + 0.25j * numpy.pi] * 4)
