import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

dawsn = jax.scipy.special.dawsn
x = 1e10  # dawsn(x) is close to 1 / (2 x)
assert abs(float(dawsn(x)) * 2 * x - 1) < 1e-9
g = float(jax.grad(dawsn)(x))
assert abs(g * x**2 + 0.5) < 1e-3, g
