import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

y = float(jax.scipy.special.rel_entr(jnp.inf, 1.0))
assert y == jnp.inf, y
