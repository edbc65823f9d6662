import jax
import jax.numpy as jnp
from jax.scipy.spatial.transform import Rotation, Slerp

slerp = Slerp.init(jnp.array([0.0, 1.0]), Rotation.from_rotvec(jnp.array([[0.1, 0.0, 0.0], [0.5, 0.0, 0.0]])))
g = jax.grad(lambda t: slerp(t).as_rotvec()[0])(0.0)
assert abs(float(g) - 0.4) < 1e-3, g
