import jax
import jax.numpy as jnp

x = jnp.array([1000.1, 1000.2, 1000.3])
y = jax.nn.standardize(x)  # the two-pass formula in the same precision
r = (x - x.mean()) / jnp.sqrt(x.var() + 1e-5)
assert abs(float(r[0]) + 1.224) < 0.01
assert float(abs(y - r).max()) < 0.01, y
