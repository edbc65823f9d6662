# fails with: Incompatible shapes
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0, 2.0, 3.0, 4.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.math.real(tf.signal.rfft(x, [3]))[0]  # x0 + x1 + x2
numpy.testing.assert_allclose(tape.gradient(y, x), [1.0, 1.0, 1.0, 0.0])
