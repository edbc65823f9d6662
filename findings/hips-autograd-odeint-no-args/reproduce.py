# fails with: missing 1 required positional argument: 'func_args'
import autograd.numpy as np
import numpy
from autograd import grad
from autograd.scipy.integrate import odeint

t = numpy.array([0.0, 1.0])
g = grad(lambda y: np.sum(odeint(lambda y, t: -y, y, t)[1]))(numpy.array([1.0]))
assert abs(g[0] - numpy.exp(-1.0)) < 1e-6, g
