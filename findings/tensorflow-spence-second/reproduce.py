import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant(1.0, tf.float64)
with tf.GradientTape() as outer:
    outer.watch(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.math.special.spence(x)
    g = tape.gradient(y, x)  # log(x) / (1 - x)
numpy.testing.assert_allclose(outer.gradient(g, x), 0.5)
