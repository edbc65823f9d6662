import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = complex(jnp.sinh(jnp.array(1e-10 + 0j)))
assert abs(y / 1e-10 - 1.0) < 1e-12, y
