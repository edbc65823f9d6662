# fails with: array split does not result in an equal division
import autograd.numpy as np
import numpy
from autograd import grad

weight = numpy.cos(numpy.arange(24.0)).reshape(3, 8)
g = grad(lambda x: np.sum(np.tile(x, (2,)) * weight))(np.ones((3, 4)))
numpy.testing.assert_allclose(g, weight[:, :4] + weight[:, 4:])
