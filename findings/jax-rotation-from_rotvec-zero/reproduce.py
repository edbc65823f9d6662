import jax
import jax.numpy as jnp
from jax.scipy.spatial.transform import Rotation

x = jnp.array([1.0, 2.0, 3.0])
g = jax.grad(lambda r: Rotation.from_rotvec(r).apply(x)[0])(jnp.zeros(3))
assert float(abs(g - jnp.array([0.0, 3.0, -2.0])).max()) < 1e-3, g.tolist()
