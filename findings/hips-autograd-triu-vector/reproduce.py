import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.triu(x)))(np.ones(2))  # triu of a vector is a matrix of copies of it
numpy.testing.assert_array_equal(g, [1.0, 2.0])
