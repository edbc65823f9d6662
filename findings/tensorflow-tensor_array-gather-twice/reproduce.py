import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([1.0, 2.0], tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.function(lambda x: tf.TensorArray(tf.float64, 2).unstack(x).gather([0, 0]))(x)  # right without tf.function
assert y.numpy().tolist() == [1.0, 1.0]
numpy.testing.assert_allclose(tape.gradient(y, x), [2.0, 0.0])
