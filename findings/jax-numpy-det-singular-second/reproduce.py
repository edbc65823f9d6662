import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

# d2 det / da00 da33 is the minor of the others, 2 * 3
a = jnp.diag(jnp.array([1.0, 2.0, 3.0, 0.0]))
f = jax.hessian(jnp.linalg.det)(a)[0, 0, 3, 3]
assert float(f) == 6.0, f
