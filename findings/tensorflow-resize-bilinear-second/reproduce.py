import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([[[[1.0]]]])
with tf.GradientTape() as outer:
    outer.watch(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.image.resize(x, (1, 1)) ** 2 + x ** 2)  # 2 x^2
    g = tape.gradient(y, x)
numpy.testing.assert_allclose(g, [[[[4.0]]]])
numpy.testing.assert_allclose(outer.gradient(g, x), [[[[4.0]]]])
