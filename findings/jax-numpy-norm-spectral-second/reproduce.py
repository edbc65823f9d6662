import jax
import jax.numpy as jnp

f = lambda t: jnp.linalg.norm(jnp.diag(jnp.array([2.0, 1.0, 1.0])).at[0, 1].set(t), 2)
h = jax.grad(jax.grad(f))(0.0)
assert abs(float(h) - 2.0 / 3.0) < 1e-3, h
