import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy
import tensorflow as tf

x = tf.constant(0.0, tf.complex128)
assert tf.math.pow(x, x).numpy() == 1.0, tf.math.pow(x, x)  # as with reals; also the gradient of x ** 1 and second one of x ** 2
