import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([3 + 4j], tf.complex128)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.math.imag(tf.math.reduce_euclidean_norm(x))  # always 0
assert y.numpy() == 0.0
numpy.testing.assert_allclose(tape.gradient(y, x), [0.0])
