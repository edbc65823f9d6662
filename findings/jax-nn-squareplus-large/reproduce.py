import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = [float(jax.nn.squareplus(jnp.float32(x))) for x in (-1e20, 1e20)]  # (x + sqrt(x^2 + 4)) / 2
assert y[0] < 1e-6 and abs(y[1] / 1e20 - 1) < 1e-6, y
