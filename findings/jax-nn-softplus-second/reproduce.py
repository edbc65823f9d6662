import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

h = [float(jax.grad(jax.grad(f))(x)) for f, x in ((jax.nn.softplus, 40.0), (jax.nn.log_sigmoid, -40.0))]
assert all(abs(abs(v) / 4.248354255291589e-18 - 1.0) < 1e-9 for v in h), h  # e^-40
