import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.outer(x, numpy.ones(2))))(np.ones((2, 2)))
assert g.shape == (2, 2), g.shape
numpy.testing.assert_allclose(g, numpy.full((2, 2), 2.0))
