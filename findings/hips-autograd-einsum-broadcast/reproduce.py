import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.einsum("ij,ij->", np.array([[1.0], [2.0]]), x))(np.ones((2, 2)))
numpy.testing.assert_array_equal(g, [[1.0, 1.0], [2.0, 2.0]])
