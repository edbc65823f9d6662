# fails with: AxisError
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.hsplit(x, [1])[0]))(np.ones(3))
numpy.testing.assert_array_equal(g, [1.0, 0.0, 0.0])
