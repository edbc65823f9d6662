import math
import jax
import jax.scipy.stats as stats

jax.config.update("jax_enable_x64", True)

# 1 - exp(-exp(-x)) is close to exp(-x)
y = float(stats.gumbel_r.sf(60.0))
assert abs(y / math.exp(-60.0) - 1) < 1e-9, y
