import math

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = jax.grad(lambda x: jax.nn.log_softmax(x)[0])(jnp.array([40.0, 0.0]))
expected = math.exp(-40.0) / (1.0 + math.exp(-40.0))  # one minus the softmax, and its negative
assert abs(float(g[0]) - expected) < 1e-6 * expected and abs(float(g[1]) + expected) < 1e-6 * expected, g
