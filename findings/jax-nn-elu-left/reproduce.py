import jax
import jax.numpy as jnp
import math

jax.config.update("jax_enable_x64", True)

g = [float(jax.grad(f)(-40.0)) for f in (jax.nn.elu, jax.nn.celu)]
assert all(abs(v / math.exp(-40.0) - 1.0) < 1e-9 for v in g), g
