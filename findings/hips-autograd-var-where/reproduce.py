import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.var(x, where=[True, True, False]))(np.array([1.0, 2.0, 4.0]))
numpy.testing.assert_array_equal(g, [-0.5, 0.5, 0.0])
