import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

factorial = jax.scipy.special.factorial
assert float(factorial(-2.0)) == float(factorial(-2.1)) == float(factorial(-1.9)) == 0.0
g = float(jax.grad(factorial)(-2.0))
assert g == 0.0, g
