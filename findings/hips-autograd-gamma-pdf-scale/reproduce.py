# fails with: positional arguments but
import autograd.numpy as np
import autograd.scipy.stats.gamma as gamma
import numpy
from autograd import grad

g = grad(lambda x: gamma.logpdf(x, 1.0, 0.0, 2.0))(1.0)
numpy.testing.assert_array_equal(g, -0.5)
