import autograd.numpy as np
import autograd.scipy.stats.beta as beta
import numpy
from autograd import grad

g = grad(lambda x: np.sum(beta.pdf(x, 3.0, 1.0)))(np.zeros(1))
numpy.testing.assert_array_equal(g, [0.0])
