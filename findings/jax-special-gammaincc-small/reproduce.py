import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.special.gammaincc(1e-20, 0.5))  # a E1(x)
assert abs(y / 5.597735947761608e-21 - 1.0) < 1e-6, y
