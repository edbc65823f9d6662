# fails with: ValueError
import jax
import jax.numpy as jnp
from jax.experimental.sparse import BCOO

a = lambda v: BCOO((v, jnp.array([[0, 1], [1, 0]])), shape=(2, 2))
g = jax.grad(lambda v: jax.vmap(lambda b: b @ a(v))(jnp.ones((3, 2))).sum())(jnp.ones(2))
assert g.tolist() == [3.0, 3.0], g
