import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = [float(jax.grad(f)(1e-20)) for f in (jnp.i0, jax.scipy.special.i0)]
assert all(abs(v / 5e-21 - 1.0) < 1e-6 for v in g), g  # x / 2
