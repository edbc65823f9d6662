import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = float(jax.grad(jax.scipy.special.gammainc, 1)(1.0, 0.0))  # 1 - exp(-x)
assert g == 1.0, g
