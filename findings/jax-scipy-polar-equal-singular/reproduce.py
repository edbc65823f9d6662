import jax
import jax.numpy as jnp

g = jax.grad(lambda a: jax.scipy.linalg.polar(a, method="svd")[0][0, 1])(jnp.eye(2))
assert float(abs(g - jnp.array([[0.0, 0.5], [-0.5, 0.0]])).max()) < 1e-3, g.tolist()
