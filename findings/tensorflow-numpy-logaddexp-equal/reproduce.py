import tensorflow as tf

x, y = tf.constant(1.0, tf.float64), tf.constant(1.0, tf.float64)
with tf.GradientTape() as tape:
    tape.watch([x, y])
    z = tf.experimental.numpy.logaddexp(x, y)
g = [float(g) for g in tape.gradient(z, [x, y])]
assert all(abs(g - 0.5) < 1e-9 for g in g), g  # each is e^1 / (e^1 + e^1)
