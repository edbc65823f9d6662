import jax
from jax.scipy.stats import expon, gamma

assert float(jax.grad(expon.logpdf)(0.0)) == -1.0
g = jax.grad(lambda x: gamma.logpdf(x, 1.0))(0.0)
assert abs(float(g) + 1.0) < 1e-3, g
