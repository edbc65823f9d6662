# fails with: Cannot convert the argument
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf
import tensorflow.experimental.numpy as tnp

numpy.testing.assert_allclose(tnp.var(tf.constant([1.0, 3.0], tf.float64), ddof=1), 2.0)
