import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

d = tf.constant([[5.0, 7.0], [1.0, 2.0]], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(d)
    y = tf.raw_ops.MatrixDiagV2(diagonal=d, k=[0, 1], num_rows=2, num_cols=2, padding_value=tf.constant(0.0, tf.float64))
assert y.numpy().tolist() == [[1.0, 5.0], [0.0, 2.0]]  # 7 is padding
numpy.testing.assert_allclose(tape.gradient(y, d), [[1.0, 0.0], [1.0, 1.0]])
