import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

y = tf.math.polygamma(1.0, tf.constant(-8.5))  # pi^2 less the sum of (k + 9.5)^-2 from k = 0, as f64 has it
numpy.testing.assert_allclose(y, tf.math.polygamma(tf.constant(1.0, tf.float64), tf.constant(-8.5, tf.float64)), rtol=1e-2)
