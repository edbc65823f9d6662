import math
import tensorflow as tf


def slope(f, x):
    x = tf.constant(x, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x).numpy().flat[0]


found = {
    "tanh": slope(tf.tanh, 20.0) / 4,
    "sigmoid": slope(tf.sigmoid, 40.0),
    "softmax": slope(lambda x: tf.nn.softmax(x)[0], [40.0, 0.0]),
}
expected = math.exp(-40.0)  # but for factors 1 + e^-40
assert all(abs(x - expected) < 1e-6 * expected for x in found.values()), found
