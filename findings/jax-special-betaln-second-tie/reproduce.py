import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

h = float(jax.grad(jax.grad(jax.scipy.special.betaln))(1.0, 1.0))
assert abs(h - 1.0) < 1e-9, h  # of -log(a)
