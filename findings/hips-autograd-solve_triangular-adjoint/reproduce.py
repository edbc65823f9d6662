import autograd.numpy as np
import autograd.scipy.linalg as linalg
import numpy
from autograd import grad

g = grad(lambda x: np.real(linalg.solve_triangular(np.array([[1.0 + 1j * x]]), np.array([1j]), trans="C")[0]))(0.0)
numpy.testing.assert_array_equal(g, -1.0)
