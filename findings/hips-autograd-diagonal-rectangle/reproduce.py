import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.diagonal(x, axis1=-1, axis2=-2)))(np.ones((2, 3)))
numpy.testing.assert_array_equal(g, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
