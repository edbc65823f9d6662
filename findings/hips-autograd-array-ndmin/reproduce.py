import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.array([x, 1.0], ndmin=2)))(1.5)
assert numpy.shape(g) == (), g
