import autograd.numpy as np
import autograd.scipy.linalg as linalg
import numpy
from autograd import grad

g = grad(lambda x: linalg.solve_triangular(np.array([[2.0]]), x, unit_diagonal=True)[0])(np.array([1.0]))
numpy.testing.assert_array_equal(g, [1.0])
