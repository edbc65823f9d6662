import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.linalg.norm(x, numpy.inf, axis=-1)))(np.array([[1.0, -3.0]]))
numpy.testing.assert_array_equal(g, [[0.0, -1.0]])
