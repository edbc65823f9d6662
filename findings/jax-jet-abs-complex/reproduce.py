# fails with: TypeError
import jax.numpy as jnp
from jax.experimental.jet import jet

_, series = jet(lambda x: jnp.abs(x * (3.0 + 4.0j)), (jnp.array(1.0),), ([jnp.array(1.0), jnp.array(0.0)],))
assert all(abs(float(v) - w) < 1e-3 for v, w in zip(series, (5.0, 0.0))), series
