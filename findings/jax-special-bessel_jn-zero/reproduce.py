import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = jax.scipy.special.bessel_jn(jnp.array([0.0]), v=1)
assert y.ravel().tolist() == [1.0, 0.0], y
