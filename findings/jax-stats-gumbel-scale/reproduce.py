# fails with: Called multiply with a float0 array
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = float(jax.grad(jax.scipy.stats.gumbel_r.logpdf, 2)(0.5, 0.0, 1.0))  # z - 1 - z exp(-z)
assert abs(g + 0.8032653298563167) < 1e-9, g
