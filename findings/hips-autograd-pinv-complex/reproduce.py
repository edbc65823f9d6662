import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.real(np.linalg.pinv(np.array([[1.0, 1j * x]]))[0, 0]))(1.0)
numpy.testing.assert_array_equal(g, -0.5)
