import jax
import jax.numpy as jnp

g = jax.grad(lambda a: jnp.linalg.lstsq(a, jnp.array([1.0, 2.0]))[0].sum())(jnp.eye(2))
assert float(abs(g - jnp.array([[-1.0, -2.0], [-1.0, -2.0]])).max()) < 1e-3, g.tolist()
