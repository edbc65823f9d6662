import math

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

slope = float(jax.grad(jnp.expm1)(-40.0))
assert abs(slope - math.exp(-40.0)) < 1e-6 * math.exp(-40.0), slope
