import jax
import jax.numpy as jnp
import math

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.stats.cauchy.logpdf(1e200))
assert abs(y + math.log(math.pi) + 400 * math.log(10.0)) < 1e-9, y
