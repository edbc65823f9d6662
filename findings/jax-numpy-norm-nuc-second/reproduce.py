import jax
import jax.numpy as jnp

f = lambda t: jnp.linalg.norm(jnp.array([[1.0, t], [0.0, 1.0]]), "nuc")
h = jax.grad(jax.grad(f))(0.0)
assert abs(float(h) - 0.5) < 1e-3, h
