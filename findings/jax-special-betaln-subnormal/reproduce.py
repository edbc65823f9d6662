import jax
import jax.numpy as jnp
import math

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.special.betaln(2.0, 1e308))  # -log(n (n + 1))
assert abs(y + 2 * 308 * math.log(10.0)) < 1e-9, y
