# fails with: unexpected keyword argument 'upper'
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.linalg.cholesky(x, upper=True)))(np.array([[4.0]]))
numpy.testing.assert_array_equal(g, [[0.25]])
