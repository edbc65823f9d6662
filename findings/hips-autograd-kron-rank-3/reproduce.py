import autograd.numpy as np
import numpy
from autograd import grad

b, weight = numpy.ones((2, 2, 2)), numpy.cos(numpy.arange(64.0)).reshape(4, 4, 4)
g = grad(lambda a: np.sum(np.kron(a, b) * weight))(np.ones((2, 2, 2)))
numpy.testing.assert_allclose(g, weight.reshape(2, 2, 2, 2, 2, 2).sum((1, 3, 5)))
