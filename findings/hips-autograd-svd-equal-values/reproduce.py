import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.linalg.svd(x, full_matrices=False)[1]))(np.eye(2))
numpy.testing.assert_array_equal(g, numpy.eye(2))
