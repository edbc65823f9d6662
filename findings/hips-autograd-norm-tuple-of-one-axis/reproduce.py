# fails with: not enough values to unpack
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.linalg.norm(x, axis=(1,))))(np.array([[3.0, 4.0]]))
numpy.testing.assert_allclose(g, [[0.6, 0.8]])
