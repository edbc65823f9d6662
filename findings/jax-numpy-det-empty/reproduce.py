# fails with: IndexError
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = jax.grad(jnp.linalg.det)(jnp.zeros((0, 0)))
assert g.shape == (0, 0), g
