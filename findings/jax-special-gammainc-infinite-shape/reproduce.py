import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.special.gammainc(jnp.inf, 2.0)), float(jax.scipy.special.gammaincc(jnp.inf, 2.0))
assert y == (0.0, 1.0), y
