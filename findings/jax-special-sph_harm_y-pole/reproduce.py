import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

i = jnp.array


def f(t):
    return jax.scipy.special.sph_harm_y(i([2]), i([0]), i([t]), i([0.3]), n_max=2).real[0]  # (3 cos^2 t - 1) / 2 times a constant


g = float(jax.grad(f)(0.0))
assert g == 0.0, g
