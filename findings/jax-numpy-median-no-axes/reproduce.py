import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

x = jnp.array(1.5)
y = jnp.median(x, axis=(), keepdims=True)
assert y.shape == x.shape, y.shape
