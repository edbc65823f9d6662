# fails with: unexpected keyword argument 'endpoint'
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.linspace(x, 1.0, 2, endpoint=False)))(0.0)
numpy.testing.assert_array_equal(g, 1.5)
