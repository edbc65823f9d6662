import jax
import jax.scipy.stats as stats

jax.config.update("jax_enable_x64", True)

# with the shape 1 it is the Laplace distribution
y, r = float(stats.gennorm.cdf(-60.0, 1.0)), float(stats.laplace.cdf(-60.0))
assert r > 4e-27 and abs(y / r - 1) < 1e-9, y
