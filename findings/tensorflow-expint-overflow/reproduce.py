import math
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

y = tf.math.special.expint(tf.constant(710.0, tf.float64))  # e^x / x (1 + 1 / x + 2 / x^2 + ...), 3.2e305
terms = sum(math.factorial(k) / 710.0**k for k in range(30))
numpy.testing.assert_allclose(y, math.exp(700.0) / 710.0 * terms * math.exp(10.0), rtol=1e-6)
