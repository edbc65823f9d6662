import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.special.betaln(-2.0, 1.0))  # log abs(1 / a)
assert abs(y + 0.6931471805599453) < 1e-12, y
