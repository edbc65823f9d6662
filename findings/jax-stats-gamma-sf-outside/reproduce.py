import jax
import jax.scipy.stats as stats

jax.config.update("jax_enable_x64", True)

# constant left of 0
g = float(jax.grad(stats.gamma.sf)(-1.0, 2.0))
assert float(stats.gamma.sf(-1.0, 2.0)) == 1.0 and g == 0.0, g
