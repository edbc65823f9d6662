# fails with: unexpected keyword argument 'return_sign'
import autograd.numpy as np
import autograd.scipy.special as special
import numpy
from autograd import grad

g = grad(lambda x: special.logsumexp(x, return_sign=True)[0])(np.zeros(2))
numpy.testing.assert_array_equal(g, [0.5, 0.5])
