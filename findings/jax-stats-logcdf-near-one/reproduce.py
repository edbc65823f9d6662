import jax
import jax.scipy.stats as stats

jax.config.update("jax_enable_x64", True)

# log(1 - t) is close to -t, and t is known
for d, a in [(stats.gamma, (60.0, 2.5)), (stats.chi2, (90.0, 3.0))]:
    y, t = float(d.logcdf(*a)), float(d.sf(*a))
    assert t > 0.0 and abs(y / t + 1) < 1e-9, (y, -t)
y = float(stats.beta.logsf(1e-9, 2.0, 3.0))  # -6 x^2
assert abs(y / -6e-18 - 1) < 1e-6, y
