import jax
import jax.numpy as jnp

f = lambda d: jax.scipy.linalg.eigh_tridiagonal(d, jnp.array([2.0]), eigvals_only=True)[0]
_, t = jax.jvp(f, (jnp.array([0.0, 3.0]),), (jnp.array([1.0, 0.0]),))
assert abs(float(t) - 0.8) < 1e-3, t
