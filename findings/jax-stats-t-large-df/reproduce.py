import jax
import jax.numpy as jnp
import math

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.stats.t.logpdf(jnp.float32(0.0), jnp.float32(1e6)))  # the normal density
assert abs(y + 0.5 * math.log(2.0 * math.pi)) < 1e-3, y
