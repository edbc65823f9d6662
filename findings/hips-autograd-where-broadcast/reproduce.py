import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.where(numpy.array([True, False, True]), x, 0.0)))(np.array([3.0]))
numpy.testing.assert_array_equal(g, [2.0])  # two places take x
