import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.special.owens_t(0.0, jnp.inf))  # arctan(a) / (2 pi)
assert y == 0.25, y
