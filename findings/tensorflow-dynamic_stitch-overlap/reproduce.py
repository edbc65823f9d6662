import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x, s = tf.constant([5.0], tf.float64), tf.constant([7.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.dynamic_stitch([[0], [0]], [x, s])  # the later one stays
assert y.numpy().tolist() == [7.0]
numpy.testing.assert_allclose(tf.convert_to_tensor(tape.gradient(y, x)), [0.0])
