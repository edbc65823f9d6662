import autograd.numpy as np
import numpy
from autograd import jacobian

d = jacobian(lambda x: np.dstack([x, x]))(np.array([1.0]))
numpy.testing.assert_array_equal(d.ravel(), [1.0, 1.0])
