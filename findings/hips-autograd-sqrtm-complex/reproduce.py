import autograd.numpy as np
import autograd.scipy.linalg as linalg
import numpy
from autograd import grad

g = grad(lambda x: np.imag(linalg.sqrtm(np.array([[1.0 + 1j * x]]))[0, 0]))(0.0)
numpy.testing.assert_array_equal(g, 0.5)
