import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = jax.grad(jax.scipy.special.boxcox)  # x^(l - 1)
h = jax.grad(jax.scipy.special.boxcox1p)
g = [float(v) for v in (g(0.0, 1.0), g(0.0, 2.0), h(-1.0, 1.0), h(-1.0, 2.0))]
assert g == [1.0, 0.0, 1.0, 0.0], g
