import math
import jax
import jax.scipy.stats as stats

jax.config.update("jax_enable_x64", True)

# ppf(q) = -1 / tan(pi q)
y = float(stats.cauchy.ppf(1e-12))
assert abs(y * math.tan(math.pi * 1e-12) + 1) < 1e-9, y
assert float(stats.cauchy.isf(1e-20)) > 3e19, stats.cauchy.isf(1e-20)
