import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

second = float(jax.grad(jax.grad(jnp.power))(0.0, 1.0))  # x^1 = x
assert second == 0.0, second
