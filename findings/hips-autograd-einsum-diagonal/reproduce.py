# fails with: einstein sum subscripts string includes output subscript
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda a: np.sum(np.einsum("ii->i", a) ** 2))(np.ones((2, 2)))
numpy.testing.assert_allclose(g, 2 * numpy.eye(2))
