# fails with: TypeError
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.repeat(x, [1, 3], 0)))(np.ones(2))
numpy.testing.assert_array_equal(g, [1.0, 3.0])
