import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = float(jax.grad(jnp.arctan2)(1e-200, 1e-200))
assert abs(g / 5e199 - 1) < 1e-9, g
