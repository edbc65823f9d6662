import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

def f(t):
    return jnp.linalg.det(jnp.diag(jnp.array([0.0, 0.0, 1.0, 2.0])) + t * jnp.diag(jnp.array([1.0, 1.0, 0.0, 0.0])))  # 2 t^2

first = jax.grad(f)
second = [float(jax.jvp(first, (0.0,), (1.0,))[1]), float(jax.grad(first)(0.0))]
assert abs(float(first(1e-3)) - 4e-3) < 1e-9 and abs(second[0] - 4) < 1e-9 and abs(second[1] - 4) < 1e-9, second
