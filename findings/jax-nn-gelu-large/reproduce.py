import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = float(jax.grad(jax.nn.gelu)(jnp.float32(1e20)))
assert g == 1.0, g
