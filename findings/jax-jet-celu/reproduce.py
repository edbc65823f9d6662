# fails with: TypeError
import jax
import jax.numpy as jnp
from jax.experimental.jet import jet

x = jnp.array([1.0, 2.0])
_, series = jet(jax.nn.celu, (x,), ([jnp.ones(2), jnp.zeros(2)],))
assert series[0].tolist() == [1.0, 1.0], series
