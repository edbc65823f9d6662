import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

a, b = tf.constant([[1j]], tf.complex128), tf.constant([[1.0]], tf.complex128)
with tf.GradientTape() as tape:
    tape.watch(a)
    x = tf.raw_ops.MatrixSolveLs(matrix=a, rhs=b, l2_regularizer=tf.constant(0.0, tf.float64), fast=True)
    y = tf.math.real(x[0, 0])  # Re b / a
numpy.testing.assert_allclose(tape.gradient(y, a), [[1.0]], atol=1e-12)
