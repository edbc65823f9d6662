# fails with: which never appeared in an input
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.einsum(x, [0, 1], [0])))(np.ones((2, 2)))
numpy.testing.assert_array_equal(g, numpy.ones((2, 2)))
