# fails with: positional arguments but 4 were given
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.rot90(x, 1, (0, 1))))(np.ones((2, 2)))
numpy.testing.assert_array_equal(g, numpy.ones((2, 2)))
