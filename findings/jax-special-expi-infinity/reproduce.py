import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

f = jax.scipy.special
y = [float(v) for v in (f.expi(jnp.inf), f.expi(-jnp.inf), f.exp1(jnp.inf), f.expn(2, jnp.inf))]
assert y == [jnp.inf, 0.0, 0.0, 0.0], y
