import math
import jax
import jax.scipy.stats as stats

jax.config.update("jax_enable_x64", True)

# log(1 - exp(-x)) is close to log(x); cdf is right
y = float(stats.expon.logcdf(1e-17))
assert abs(y - math.log(1e-17)) < 1e-9, y
