# fails with: was expected to be a float tensor but is a double tensor
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.ones((1, 2, 2, 1), tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(tf.image.resize(x, (2, 2), "lanczos3"))
numpy.testing.assert_allclose(tape.gradient(y, x), tf.ones(x.shape), rtol=1e-5)
