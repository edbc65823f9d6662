# fails with: AssertionError
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.broadcast_to(x, [3, 2])))(np.ones((1, 2)))
numpy.testing.assert_array_equal(g, [[3.0, 3.0]])
