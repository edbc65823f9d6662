import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.arctan2(x, 1e-200))(1e-200)
numpy.testing.assert_allclose(g, 5e199)
