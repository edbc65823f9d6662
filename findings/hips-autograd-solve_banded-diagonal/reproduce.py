import autograd.numpy as np
import autograd.scipy.linalg as linalg
import numpy
from autograd import grad

g = grad(lambda x: np.sum(linalg.solve_banded((0, 0), x, np.ones(2))))(np.array([[1.0, 1.0]]))
numpy.testing.assert_array_equal(g, [[-1.0, -1.0]])
