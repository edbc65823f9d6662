import autograd.numpy as np
import numpy
from autograd import grad

from autograd.scipy.special import logsumexp

g = grad(lambda x: np.sum(logsumexp(x, axis=())))(np.array(2.0))
assert numpy.shape(g) == (), numpy.shape(g)
