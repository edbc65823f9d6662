import autograd.numpy as np
import numpy
from autograd import grad
from autograd.builtins import tuple
from autograd.scipy.integrate import odeint

t = numpy.array([0.0, 1.0])
g = grad(lambda y: np.sum(odeint(lambda y, t, a: -a * y, y, t, tuple((1.0,)))[1]))(1.0)
assert numpy.shape(g) == (), g
