import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.reshape(tf.constant([1.0, 2.0, 3.0, 4.0]), (1, 4, 1, 1))
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.raw_ops.ImageProjectiveTransformV3(  # x0, (x0 + x1) / 2, x1, (x1 + x2) / 2
        images=x, transforms=[[1.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0]], output_shape=[4, 1], fill_value=0.0,
        interpolation="BILINEAR", fill_mode="CONSTANT")
numpy.testing.assert_allclose(tf.reshape(y, [4]), [1.0, 1.5, 2.0, 2.5])
numpy.testing.assert_allclose(tf.reshape(tape.gradient(y, x), [4]), [1.5, 2.0, 0.5, 0.0])
