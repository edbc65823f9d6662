# fails with: signal 14
# does not end: the alarm kills it
import signal
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)
expi = jax.scipy.special.expi
r = [float(expi(-1e-8)), float(expi(-150.0))]  # each by itself is right
signal.alarm(15)
y = expi(jnp.array([-1e-8, -150.0])).tolist()
assert all(abs(a / b - 1) < 1e-9 for a, b in zip(y, r)), y
