import jax
import jax.scipy.stats as stats

jax.config.update("jax_enable_x64", True)

# outside the support the density is 0 for all parameters
g = [float(jax.grad(f, 1)(*a)) for f, a in [
    (stats.beta.pdf, (-0.5, 2.0, 3.0)), (stats.chi2.pdf, (-0.5, 2.0)), (stats.pareto.pdf, (-0.5, 2.0))]]
assert g == [0.0, 0.0, 0.0], g
