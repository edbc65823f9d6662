import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant([0.1, 0.0, 0.5])
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(tf.image.hsv_to_rgb(x)) + 0.0 * tf.reduce_sum(x)  # 3 x2, where x1 = 0
numpy.testing.assert_allclose(tape.gradient(y, x)[2], 3.0, rtol=1e-5)
