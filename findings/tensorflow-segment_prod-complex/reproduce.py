import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0, 1j], tf.complex128)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.math.real(tf.math.segment_prod(x, [0, 0])[0])  # Re x0 x1
numpy.testing.assert_allclose(tape.gradient(y, x), [-1j, 1.0])
