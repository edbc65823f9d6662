# fails with: missing 2 required positional arguments
import autograd.numpy as np
import autograd.scipy.stats.multivariate_normal as multivariate_normal
import numpy
from autograd import grad

g = grad(lambda x: multivariate_normal.logpdf(x))(1.0)
numpy.testing.assert_array_equal(g, -1.0)
