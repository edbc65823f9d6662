import jax
import jax.numpy as jnp

x = jnp.array([-jnp.inf, -jnp.inf, 0.0])
y, t = jax.jvp(lambda x: jax.lax.cumlogsumexp(x)[2], (x,), (jnp.array([0.0, 0.0, 1.0]),))
assert abs(float(y)) < 1e-6
assert abs(float(t) - 1.0) < 1e-3, t
