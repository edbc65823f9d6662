import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.diag(x)))(np.ones((2, 3)))
numpy.testing.assert_array_equal(g, numpy.eye(2, 3))
