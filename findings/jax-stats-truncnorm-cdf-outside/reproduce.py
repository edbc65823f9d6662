import jax
import jax.scipy.stats as stats

jax.config.update("jax_enable_x64", True)

# right of b it is 1, left of a 0, for all bounds
g = [float(jax.grad(stats.truncnorm.cdf, 1)(5.0, -1.0, 2.0)), float(jax.grad(stats.truncnorm.sf, 2)(-5.0, -1.0, 2.0))]
assert float(stats.truncnorm.cdf(5.0, -1.0, 2.0)) == 1.0 and g == [0.0, 0.0], g
