import autograd.numpy as np
import numpy
from autograd import grad

x = np.arange(6.0).reshape(2, 3)
weight = numpy.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])
g = grad(lambda x: np.sum(np.transpose(x, (0, -1)) * weight))(x)
numpy.testing.assert_allclose(g, weight)
