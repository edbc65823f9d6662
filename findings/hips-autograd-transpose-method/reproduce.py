# fails with: transpose() takes from 1 to 2 positional arguments
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(x.transpose(1, 0)))(np.ones((2, 3)))
numpy.testing.assert_array_equal(g, numpy.ones((2, 3)))
