import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = float(jax.grad(jax.scipy.special.spence)(1.2))  # log x / (1 - x)
assert abs(g + 0.9116077839697729) < 1e-9, g
