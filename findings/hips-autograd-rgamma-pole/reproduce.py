import autograd.numpy as np
import autograd.scipy.special as special
import numpy
from autograd import grad

g = grad(lambda x: special.rgamma(x))(-1.0)
numpy.testing.assert_array_equal(g, -1.0)
