import math

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

slope = float(jax.grad(jax.nn.sigmoid)(40.0))
assert abs(slope - math.exp(-40.0)) < 1e-6 * math.exp(-40.0), slope  # e^-x / (1 + e^-x)^2
