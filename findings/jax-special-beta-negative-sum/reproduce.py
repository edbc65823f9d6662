import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

beta = jax.scipy.special.beta
right = (beta(-0.5 + 1e-5, -0.7) - beta(-0.5 - 1e-5, -0.7)) / 2e-5
g = float(jax.grad(beta)(-0.5, -0.7))
assert abs(right + 15.09) < 0.01 and abs(g - right) < 1e-3, g
