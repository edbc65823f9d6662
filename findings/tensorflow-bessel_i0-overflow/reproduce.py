import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant(713.0, tf.float64)
y = tf.math.bessel_i0(x)  # 6.7e307, below the largest f64
numpy.testing.assert_allclose(y, tf.math.bessel_i0e(x) * tf.exp(tf.constant(700.0, tf.float64)) * tf.exp(x - 700.0), rtol=1e-6)
