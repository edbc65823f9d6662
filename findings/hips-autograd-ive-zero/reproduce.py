import autograd.numpy as np
import autograd.scipy.special as special
import numpy
from autograd import grad

g = grad(lambda x: np.sum(special.ive(2, x)))(np.zeros(1))
numpy.testing.assert_array_equal(g, [0.0])
