import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.tril(x)))(np.ones(2))  # tril of a vector is a matrix of copies of it
numpy.testing.assert_array_equal(g, [2.0, 1.0])
