import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(x, where=[True, False]))(np.array([1.0, 2.0]))
numpy.testing.assert_array_equal(g, [1.0, 0.0])
