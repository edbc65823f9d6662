import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.real(np.arccosh(x + 0.5j)))(-1.0)
numpy.testing.assert_allclose(g, numpy.real(1 / (numpy.sqrt(-2 + 0.5j) * numpy.sqrt(0.5j))))
