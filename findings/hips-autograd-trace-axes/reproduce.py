# fails with: positional arguments but 5 were given
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.trace(x, 0, -2, -1)))(np.ones((2, 3, 3)))
numpy.testing.assert_array_equal(g, numpy.broadcast_to(numpy.eye(3), (2, 3, 3)))
