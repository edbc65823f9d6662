import jax
import jax.numpy as jnp
import math

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.stats.chi2.logpdf(0.0, 2.0))
assert abs(y + math.log(2.0)) < 1e-12, y
