# fails with: TypeError
import jax
import jax.numpy as jnp
from jax.experimental.sparse import BCOO

f = lambda v: BCOO((v, jnp.array([[1], [1]])), shape=(2,)).sum_duplicates(nse=2).todense()[1]
g = jax.vmap(jax.grad(f))(jnp.ones((3, 2)))
assert g.tolist() == [[1.0, 1.0]] * 3, g
