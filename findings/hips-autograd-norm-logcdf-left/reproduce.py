from autograd import grad
from autograd.scipy.stats import norm

g = grad(norm.logcdf)(-1e8)
assert abs(g / 1e8 - 1.0) < 1e-6, g  # -x - 1 / x
