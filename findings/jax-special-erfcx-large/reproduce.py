import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

erfcx = jax.scipy.special.erfcx
x = 1e10  # erfcx(x) is close to 1 / (sqrt(pi) x)
assert abs(float(erfcx(x)) * x * jnp.pi**0.5 - 1) < 1e-9
g = float(jax.grad(erfcx)(x))
assert abs(g * x**2 + jnp.pi**-0.5) < 1e-3, g
