# fails with: 'float' object has no attribute 'shape'
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.cumsum(x)[0])(1.5)
numpy.testing.assert_array_equal(g, 1.0)
