# fails with: not aligned
import autograd.numpy as np
import autograd.scipy.linalg as linalg
import numpy
from autograd import grad

g = grad(lambda x: np.sum(linalg.solve_triangular(x, np.ones((2, 2, 1)))))(np.array([np.eye(2), np.eye(2)]))
numpy.testing.assert_array_equal(g, [[[-1.0, -1.0], [0.0, -1.0]]] * 2)
