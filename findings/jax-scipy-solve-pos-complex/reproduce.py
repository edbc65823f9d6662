import jax
import jax.numpy as jnp

a = jnp.array([[2.0, 1.0j], [-1.0j, 2.0]])
z = jnp.array([1.0 + 0.0j, 0.0])
f = lambda b: jax.scipy.linalg.solve(a, b, assume_a="pos")[1]
forward = jax.jvp(f, (z,), (z,))[1]
backward = jax.vjp(f, z)[1](jnp.array(1.0 + 0.0j))[0][0]
assert abs(complex(forward) - 1j / 3) < 1e-3, forward
assert abs(complex(backward) - complex(forward)) < 1e-3, (complex(forward), complex(backward))
