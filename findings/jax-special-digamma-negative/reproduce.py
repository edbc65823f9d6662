import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = float(jax.grad(jax.scipy.special.digamma)(-16.5))
assert abs(g - 9.8108) < 1e-3, g
