import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

second = float(jax.grad(jax.grad(jnp.i0))(0.0))
assert abs(second - 0.5) < 1e-12, second  # i0(x) = 1 + x^2 / 4 + ..
