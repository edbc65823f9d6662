import jax
import jax.numpy as jnp
import math

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.special.hyp2f1(0.5, 0.5, 1.5, 0.99))
x = math.sqrt(0.99)
assert abs(y - math.asin(x) / x) < 1e-9, y
