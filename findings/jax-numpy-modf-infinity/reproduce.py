import jax.numpy as jnp

fraction, whole = jnp.modf(jnp.inf)
assert float(whole) == float("inf") and float(fraction) == 0.0, fraction
