import jax
import jax.numpy as jnp
import math

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.stats.truncnorm.sf(-1e-17, -jnp.inf, 0.0))  # 1e-17 times the density
assert abs(y / (1e-17 * math.sqrt(2.0 / math.pi)) - 1.0) < 1e-9, y
