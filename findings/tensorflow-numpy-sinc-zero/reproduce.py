import tensorflow as tf

x = tf.constant(0.0, tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.experimental.numpy.sinc(x)
g = float(tape.gradient(y, x))
assert abs(g) < 1e-9, g  # sinc is even
