import jax.numpy as jnp
from jax import lax

# width 6: five columns are cropped, one of zeros is added; the kernel is the identity
x = jnp.arange(1.0, 15 * 6 * 8 + 1, dtype=jnp.float32).reshape(1, 15, 6, 8)
k = jnp.eye(8, dtype=jnp.float32).reshape(1, 1, 8, 8)
y = lax.conv_general_dilated(x, k, (1, 1), ((0, 0), (-5, 1)), dimension_numbers=("NHWC", "HWIO", "NHWC"))
assert y.shape == (1, 15, 2, 8)
assert float(abs(y[:, :, 1]).max()) == 0.0, y[0, :, 1, 0]
