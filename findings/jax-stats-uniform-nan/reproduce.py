import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.stats.uniform.pdf(jnp.nan))
assert y != y, y
