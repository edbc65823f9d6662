import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.linalg.cholesky(x)))(np.array([[4.0, 2.0], [2.0, 3.0]]))
numpy.testing.assert_array_equal(g[0, 1], 0.0)
