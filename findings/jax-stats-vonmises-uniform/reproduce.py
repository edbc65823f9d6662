import math
import jax
import jax.scipy.stats as stats

jax.config.update("jax_enable_x64", True)

# uniform on the circle
y = float(stats.vonmises.logpdf(0.1, 0.0))
assert abs(y + math.log(2 * math.pi)) < 1e-9, y
