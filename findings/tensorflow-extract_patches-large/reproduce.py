import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

n = 2**24 + 4  # places are counted in f32
x = tf.zeros((1, 1, n, 1))
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.image.extract_patches(x, [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")  # x
numpy.testing.assert_allclose(tape.gradient(y, x)[0, 0, -4:, 0], [1.0, 1.0, 1.0, 1.0])
