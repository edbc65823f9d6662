import autograd.numpy as np
import numpy
from autograd import grad

x = np.array([[3.0, 4.0], [6.0, 8.0]])
g = grad(lambda x: np.sum(np.linalg.norm(x, axis=-1, keepdims=True)))(x)
numpy.testing.assert_allclose(g, [[0.6, 0.8], [0.6, 0.8]])
