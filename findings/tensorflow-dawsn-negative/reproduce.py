import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

y = tf.math.special.dawsn(tf.constant(-1e10, tf.float64))  # odd; 1 / (2 x) far out
numpy.testing.assert_allclose(y, -5e-11)
