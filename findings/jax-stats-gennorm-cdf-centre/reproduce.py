import jax

g = jax.grad(lambda x: jax.scipy.stats.gennorm.cdf(x, 2.0))(0.0)
assert abs(float(g) - 0.5641896) < 1e-3, g
