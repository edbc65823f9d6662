# fails with: UnexpectedTracerError
import jax
import jax.numpy as jnp
from jax.experimental.jet import jet

_, series = jet(jax.nn.relu, (jnp.array(2.0),), ([jnp.array(1.0), jnp.array(0.0)],))
assert [float(v) for v in series] == [1.0, 0.0], series
