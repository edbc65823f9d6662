# fails with: TypeError
import jax
import jax.numpy as jnp

x = jnp.array([-1.0, 0.0, 1.0])
g = jax.grad(lambda low: jax.lax.clamp(low, x, 0.5).sum())(-0.5)
assert float(g) == 1.0, g
