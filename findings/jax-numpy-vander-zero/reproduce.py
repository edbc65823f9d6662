import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = jax.grad(lambda x: jnp.vander(x, 3).sum())(jnp.array([0.0]))
assert g[0] == 1.0, g
