import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.max(x, axis=1, initial=0.0)))(np.array([[-1.0], [2.0]]))
numpy.testing.assert_array_equal(g, [[0.0], [1.0]])
