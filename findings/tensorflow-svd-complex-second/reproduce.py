import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([[1 + 1j]], tf.complex128)
with tf.GradientTape() as outer:
    outer.watch(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        s, u, v = tf.linalg.svd(x)
        y = tf.math.real(u[0, 0] * tf.cast(s[0] ** 2, x.dtype) * tf.math.conj(v[0, 0]))  # Re z |z|
    g = tape.gradient(y, x)
numpy.testing.assert_allclose(g, [[(3 + 1j) / 2**0.5]])
h = outer.gradient(g, x, tf.constant([[1.0]], tf.complex128))
numpy.testing.assert_allclose(h, [[(5 + 1j) / 8**0.5]])
