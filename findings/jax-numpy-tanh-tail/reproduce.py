import math
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

slope = float(jax.grad(jnp.tanh)(20.0))
expected = 4 * math.exp(-40.0)  # 4 e^-2x / (1 + e^-2x)^2
assert abs(slope - expected) < 1e-6 * expected, slope
