import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.cross(x, numpy.eye(3)) * numpy.arange(9.0).reshape(3, 3)))(np.ones(3))
assert g.shape == (3,), g.shape
