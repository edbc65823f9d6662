# fails with: TypeError
import jax
import jax.numpy as jnp
from jax.experimental.jet import jet

_, series = jet(lambda x: x ** jnp.array(2), (jnp.array(3.0),), ([jnp.array(1.0), jnp.array(0.0)],))
assert all(abs(float(v) - w) < 1e-3 for v, w in zip(series, (6.0, 2.0))), series
