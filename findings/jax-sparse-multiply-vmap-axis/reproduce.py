# fails with: ValueError
import jax
import jax.numpy as jnp
from jax.experimental.sparse import BCOO

a = BCOO((jnp.array([1.0, 2.0]), jnp.array([[0, 1], [1, 0]])), shape=(2, 2))
y = jax.vmap(lambda b: (a * b).todense(), in_axes=2)(jnp.ones((2, 2, 3)))
assert y.tolist() == [[[0.0, 1.0], [2.0, 0.0]]] * 3, y
