import autograd.numpy as np
import autograd.scipy.stats.gamma as gamma
import numpy
from autograd import grad

g = grad(lambda x: gamma.cdf(x, 200.0))(200.0)
numpy.testing.assert_allclose(g, 0.028197, rtol=1e-4)
