import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = [float(jax.scipy.stats.gumbel_r.ppf(q)) for q in (0.0, 1.0)]
assert y == [-jnp.inf, jnp.inf], y
