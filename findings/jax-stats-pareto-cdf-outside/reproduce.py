import jax
import jax.scipy.stats as stats

jax.config.update("jax_enable_x64", True)

# constant left of the support
g = [float(jax.grad(stats.pareto.cdf, 1)(-0.5, 2.0)), float(jax.grad(stats.pareto.sf, 1)(-0.5, 2.0))]
assert float(stats.pareto.cdf(-0.5, 2.0)) == 0.0 and g == [0.0, 0.0], g
