# fails with: object cannot be interpreted as an integer
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.repeat(x, 3)))(1.5)
numpy.testing.assert_array_equal(g, 3.0)
