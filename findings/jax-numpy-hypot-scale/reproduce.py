import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

g = jax.grad(jnp.hypot, (0, 1))
assert jnp.hypot(3e155, 4e155) == 5e155 and jnp.hypot(3e-155, 4e-155) == 5e-155
small = [float(v) for v in g(3e-155, 4e-155)]
large = [float(v) for v in g(3e155, 4e155)]
assert abs(large[1] - 0.8) < 1e-9 and abs(small[0] - 0.6) < 1e-9 and abs(small[1] - 0.8) < 1e-9, (large, small)
