import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.clip(x, -np.ones((2, 1)), 1.0)))(np.array([0.5]))
numpy.testing.assert_array_equal(g, [2.0])
