import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

q = jnp.cos(jnp.arange(6.0)).reshape(1, 3, 1, 2)
y = jax.nn.dot_product_attention(q, q, q)
s = jax.nn.softmax(jnp.einsum("bqhd,bkhd->bhqk", q, q) / jnp.sqrt(2.0))
assert y.dtype == jnp.float64
assert float(abs(y - jnp.einsum("bhqk,bkhd->bqhd", s, q)).max()) < 1e-12, "computed in single precision"
