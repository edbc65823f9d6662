import autograd.numpy as np
import autograd.scipy.linalg as linalg
import numpy
from autograd import grad

g = grad(lambda x: np.sum(linalg.solve_banded((1, 1), x, np.ones((2, 2)))))(np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]))
numpy.testing.assert_array_equal(g, [[0.0, -2.0], [-2.0, -2.0], [-2.0, 0.0]])
