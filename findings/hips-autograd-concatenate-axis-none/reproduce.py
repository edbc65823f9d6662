# fails with: tuple indices must be integers or slices, not NoneType
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.concatenate([x, x], axis=None)))(np.ones((2, 2)))
numpy.testing.assert_array_equal(g, [[2.0, 2.0], [2.0, 2.0]])
