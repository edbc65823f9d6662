import autograd.numpy as np
import numpy
from autograd import grad

b = numpy.cos(numpy.arange(4.0)).reshape(2, 2, 1)
g = grad(lambda a: np.sum(np.linalg.solve(a, b)))(np.eye(2)[None] * 1.0)  # one matrix, two right sides
assert g.shape == (1, 2, 2), g.shape
numpy.testing.assert_allclose(g[0], -numpy.broadcast_to(b.sum(0).T, (2, 2)))
