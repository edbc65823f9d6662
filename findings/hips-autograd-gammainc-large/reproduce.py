import autograd.numpy as np
import autograd.scipy.special as special
import numpy
from autograd import grad

g = grad(lambda x: special.gammainc(200.0, x))(200.0)
numpy.testing.assert_allclose(g, 0.028197, rtol=1e-4)
