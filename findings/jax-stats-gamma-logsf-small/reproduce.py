import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.stats.gamma.logsf(1e-17, 1.0))  # -x
assert abs(y / -1e-17 - 1.0) < 1e-9, y
