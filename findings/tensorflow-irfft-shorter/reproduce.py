# fails with: Incompatible shapes
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0, 2.0, 3.0, 4.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(tf.signal.irfft(tf.complex(x, 0.0 * x), [4]))  # x0
numpy.testing.assert_allclose(tape.gradient(y, x), [1.0, 0.0, 0.0, 0.0], atol=1e-12)
