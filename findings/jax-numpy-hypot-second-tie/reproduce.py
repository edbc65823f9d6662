import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

second = float(jax.grad(jax.grad(jnp.hypot))(1.0, 1.0))  # y^2 / (x^2 + y^2)^1.5
assert abs(second - 0.125**0.5) < 1e-9, second
