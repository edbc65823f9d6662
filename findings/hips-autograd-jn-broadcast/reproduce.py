import autograd.numpy as np
import autograd.scipy.special as special
import numpy
from autograd import grad

g = grad(lambda x: np.sum(special.jn(np.array([0, 2]), x)))(1.0)
numpy.testing.assert_allclose(g, -special.j1(1.0) + (special.j1(1.0) - special.jn(3, 1.0)) / 2)
