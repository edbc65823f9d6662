import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

boxcox, boxcox1p = jax.scipy.special.boxcox, jax.scipy.special.boxcox1p
right = float(jnp.log(2.0)) ** 2 / 2  # ((x^l - 1) / l)' = log(x)^2 / 2 at l = 0
assert abs(float(boxcox(2.0, 1e-6) - boxcox(2.0, -1e-6)) / 2e-6 - right) < 1e-6
g = [float(jax.grad(boxcox, 1)(2.0, 0.0)), float(jax.grad(boxcox1p, 1)(1.0, 0.0))]
assert abs(g[0] - right) < 1e-9 and abs(g[1] - right) < 1e-9, g
