import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

log_ndtr = jax.scipy.special.log_ndtr
assert abs(float(jax.grad(log_ndtr)(-1e5)) / 1e5 - 1) < 1e-6
second = float(jax.grad(jax.grad(log_ndtr))(-1e5))  # log_ndtr is close to -x^2 / 2
assert abs(second + 1) < 1e-2, second
