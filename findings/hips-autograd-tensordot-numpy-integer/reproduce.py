# fails with: invalid index to scalar variable
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.tensordot(x, np.ones((2, 2)), np.int64(1))))(np.ones((2, 2)))
numpy.testing.assert_array_equal(g, [[2.0, 2.0], [2.0, 2.0]])
