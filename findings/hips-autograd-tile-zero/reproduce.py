# fails with: ZeroDivisionError
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.tile(x, (0,))))(np.ones(2))
numpy.testing.assert_array_equal(g, numpy.zeros(2))
