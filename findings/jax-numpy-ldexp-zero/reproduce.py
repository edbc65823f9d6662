import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = float(jax.grad(lambda x: jnp.ldexp(x, 2))(0.0))
assert g == 4.0, g
