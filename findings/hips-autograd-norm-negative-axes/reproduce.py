import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.linalg.norm(x, "fro", (-2, -1))))(np.ones((2, 1, 1)))
numpy.testing.assert_array_equal(g, numpy.ones((2, 1, 1)))
