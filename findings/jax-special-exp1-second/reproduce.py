# fails with: No constant handler for type
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)

h = float(jax.grad(jax.grad(jax.scipy.special.exp1))(1.0))  # exp(-x) (1 / x + 1 / x^2)
assert abs(h - 0.7357588823428847) < 1e-9, h
