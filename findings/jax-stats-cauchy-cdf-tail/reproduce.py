import math
import jax
import jax.scipy.stats as stats

jax.config.update("jax_enable_x64", True)

# 1 / (pi x) for large x
y = float(stats.cauchy.sf(1e17))
assert abs(y * math.pi * 1e17 - 1) < 1e-9, y
