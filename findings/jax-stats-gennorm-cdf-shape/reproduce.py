import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = float(jax.grad(jax.scipy.stats.gennorm.cdf, 1)(0.0, 2.0))  # 0.5 for all shapes
assert g == 0.0, g
