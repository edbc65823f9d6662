# fails with: missing 1 required positional argument: 'mode'
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.pad(x, 1)))(np.ones(2))
numpy.testing.assert_array_equal(g, [1.0, 1.0])
