import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.full((2, 3), x)))(np.ones(3))
numpy.testing.assert_array_equal(g, [2.0, 2.0, 2.0])
