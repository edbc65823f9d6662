import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

z, h = -2.0 + 0.5j, 1e-5
right = (jnp.arccosh(z + h) - jnp.arccosh(z - h)) / (2 * h)  # 1 / (sqrt(z - 1) sqrt(z + 1))
g = jax.grad(jnp.arccosh, holomorphic=True)(z)
assert abs(g - right) < 1e-6, (g, right)
