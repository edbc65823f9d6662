import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.full_like(np.ones(2), x)))(1.5)
numpy.testing.assert_array_equal(g, 2.0)
