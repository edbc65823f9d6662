import jax
import jax.numpy as jnp
import math

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.special.betaln(10.0, 1.0))
assert abs(y + math.log(10.0)) < 1e-12, y
