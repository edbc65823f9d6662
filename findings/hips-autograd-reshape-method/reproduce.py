# fails with: order must be str, not int
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(x.reshape(np.prod(x.shape), 1)))(np.ones((2, 3)))
numpy.testing.assert_array_equal(g, numpy.ones((2, 3)))
