import jax
import jax.numpy as jnp
from jax.scipy.spatial.transform import Rotation

g = jax.grad(lambda q: Rotation.from_quat(q).as_rotvec()[0])(jnp.array([0.0, 0.0, 0.0, 1.0]))
assert float(abs(g - jnp.array([2.0, 0.0, 0.0, 0.0])).max()) < 1e-3, g.tolist()
