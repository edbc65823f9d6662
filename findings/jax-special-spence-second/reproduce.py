import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

spence = jax.scipy.special.spence
second = float(jax.grad(jax.grad(spence))(1e-155))  # spence' = log(x) / (1 - x)
assert abs(second / 1e155 - 1) < 1e-9, second
