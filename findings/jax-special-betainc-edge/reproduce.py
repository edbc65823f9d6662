import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = float(jax.grad(jax.scipy.special.betainc, 2)(1.0, 2.0, 0.0))  # 1 - (1 - x)^2
assert g == 2.0, g
