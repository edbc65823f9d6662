import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.special.zeta(2.0, jnp.inf))
assert y == 0.0, y
