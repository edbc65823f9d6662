# fails with: At least one array has zero dimension
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.cross(x, np.array([3.0, 5.0])))(np.array([1.0, 2.0]))
numpy.testing.assert_array_equal(g, [5.0, -3.0])
