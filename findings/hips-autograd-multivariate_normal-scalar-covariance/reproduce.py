# fails with: Array must be at least two-dimensional
import autograd.numpy as np
import autograd.scipy.stats.multivariate_normal as multivariate_normal
import numpy
from autograd import grad

g = grad(lambda x: multivariate_normal.logpdf(x, np.zeros(2), 2.0))(np.array([1.0, 2.0]))
numpy.testing.assert_array_equal(g, [-0.5, -1.0])
