import autograd.numpy as np
import numpy
from autograd import grad

w = np.arange(4.0)
g = grad(lambda x: np.sum(np.ravel(x.T, order="A") * w))(np.ones((2, 2)))
numpy.testing.assert_array_equal(g, [[0.0, 1.0], [2.0, 3.0]])
