import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = jax.grad(lambda b: jax.scipy.special.logsumexp(jnp.array([1.0, 2.0]), b=b))(jnp.array([0.0, 1.0]))
assert abs(float(g[0]) - 0.36787944117144233) < 1e-9, g
