# fails with: order 'K' is not permitted
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.ravel(x, order="K")))(np.ones((2, 2)))
numpy.testing.assert_array_equal(g, numpy.ones((2, 2)))
