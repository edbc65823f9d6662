import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = float(jax.grad(lambda p: jax.scipy.stats.bernoulli.logpmf(0, p))(0.0))  # log(1 - p)
assert g == -1.0, g
