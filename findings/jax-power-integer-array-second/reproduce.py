import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

def f(x):
    return jnp.power(x, jnp.array([1]))[0]


h = float(jax.grad(lambda x: jax.grad(f)(x)[0])(jnp.array([0.0]))[0])
assert h == 0.0, h
