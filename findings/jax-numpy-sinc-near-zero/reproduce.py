import math

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

x = 1e-8
slope = float(jax.grad(jnp.sinc)(x))
expected = -(math.pi**2) * x / 3  # sinc(x) = 1 - (pi x)^2 / 6 + ..
assert abs(slope - expected) < 1e-3 * abs(expected), (slope, expected)
