import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

a = jnp.diag(jnp.ones(3), 1)  # ones above the diagonal: rank 3
g = jax.grad(jnp.linalg.det)(a)
cofactors = jnp.zeros((4, 4)).at[3, 0].set(-1.0)
assert jnp.abs(g - cofactors).max() < 1e-9, g
