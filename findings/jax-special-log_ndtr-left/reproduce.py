import jax
import jax.numpy as jnp

g = float(jax.grad(jax.scipy.special.log_ndtr)(jnp.float32(-10000.0)))  # close to -x
assert abs(g / 10000.0 - 1) < 1e-2, g
