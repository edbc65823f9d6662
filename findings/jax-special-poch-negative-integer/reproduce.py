import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.special.poch(-2.0, 2.0))  # z (z + 1)
assert abs(y - 2.0) < 1e-9, y
