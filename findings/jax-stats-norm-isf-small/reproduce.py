import jax
import jax.scipy.stats as stats

jax.config.update("jax_enable_x64", True)

# by symmetry isf(q) = -ppf(q)
y = float(stats.norm.isf(1e-20))
assert abs(y + float(stats.norm.ppf(1e-20))) < 1e-9, y
