# fails with: TypeError
import jax
import jax.numpy as jnp
from jax import lax

f = lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (2,), (1,), ((-1, 0),))
x = jnp.array([9.0, 1.0, 2.0, 0.0])
assert f(x).tolist() == [2.0, 2.0]
g = jax.grad(lambda x: f(x).sum())(x)
assert g.tolist() == [0.0, 0.0, 2.0, 0.0], g
