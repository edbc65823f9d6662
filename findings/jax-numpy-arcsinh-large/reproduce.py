import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

for f in jnp.arcsinh, jnp.arccosh:
    g = float(jax.grad(lambda s: f(s * 1e200))(1.0))  # log(s) and a constant
    assert abs(g - 1) < 1e-9, g
