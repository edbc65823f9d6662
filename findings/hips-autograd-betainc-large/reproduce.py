import autograd.numpy as np
import autograd.scipy.special as special
import numpy
from autograd import grad

g = grad(lambda x: special.betainc(600.0, 600.0, x))(0.5)
numpy.testing.assert_allclose(g, 27.6338, rtol=1e-4)
