# fails with: not enough values to unpack
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.pad(x, ((1,), (2,)), "constant")))(np.ones((2, 2)))
numpy.testing.assert_array_equal(g, numpy.ones((2, 2)))
