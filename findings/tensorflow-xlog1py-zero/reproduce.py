import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant(0.0, tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.math.xlog1py(x, tf.constant(1.0, tf.float64))
numpy.testing.assert_allclose(tape.gradient(y, x), numpy.log(2.0))
