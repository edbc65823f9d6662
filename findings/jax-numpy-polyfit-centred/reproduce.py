import jax
import jax.numpy as jnp

y = jnp.array([1.0, 2.0, 4.0])
g = jax.grad(lambda x: jnp.polyfit(x, y, 1)[0])(jnp.array([-1.0, 0.0, 1.0]))
assert float(abs(g - jnp.array([0.8333333, -0.1666667, -0.6666667])).max()) < 1e-3, g.tolist()
