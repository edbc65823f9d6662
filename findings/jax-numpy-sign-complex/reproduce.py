import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

# z / abs(z): along i at z = 1 the derivative is i
f = lambda y: jnp.sign(1.0 + 1j * y).imag
h = 1e-5
assert abs(float(f(h) - f(-h)) / (2 * h) - 1) < 1e-6
g = float(jax.grad(f)(0.0))
assert abs(g - 1.0) < 1e-12, g
