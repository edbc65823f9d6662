import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

# one triangle is read: the matrix is [[2, 1], [1, 5]]
a = jnp.array([[2.0, 9.0], [1.0, 5.0]])
f = lambda a: jnp.linalg.eigh(a, UPLO="L", symmetrize_input=False)[0]
y, g = f(a), jax.jacrev(f)(a)[1]
assert float(abs(y - jnp.linalg.eigvalsh(jnp.array([[2.0, 1.0], [1.0, 5.0]]))).max()) < 1e-12
value, _ = jax.jvp(f, (a,), (a,))
assert float(g[0, 1]) == 0.0 and float(abs(value - y).max()) < 1e-12, (y, value, g)
