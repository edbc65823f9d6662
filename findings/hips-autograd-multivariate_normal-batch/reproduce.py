# fails with: solve: Input operand 1 has a mismatch
import autograd.numpy as np
import autograd.scipy.stats.multivariate_normal as multivariate_normal
import numpy
from autograd import grad

g = grad(lambda x: np.sum(multivariate_normal.logpdf(x, np.zeros(2), np.eye(2))))(np.ones((3, 1, 2)))
numpy.testing.assert_array_equal(g, -numpy.ones((3, 1, 2)))
