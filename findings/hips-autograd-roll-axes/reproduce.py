# fails with: bad operand type for unary -: 'tuple'
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.roll(x, (1, 1), (0, 1)) * numpy.eye(2)))(np.ones((2, 2)))
numpy.testing.assert_array_equal(g, numpy.eye(2))
