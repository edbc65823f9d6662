import jax
import jax.numpy as jnp

f = lambda t: jnp.linalg.eigvalsh(jnp.diag(jnp.array([3.0, 1.0, 1.0])).at[0, 1].set(t).at[1, 0].set(t))[2]
h = jax.grad(jax.grad(f))(0.0)
assert abs(float(h) - 1.0) < 1e-3, h
