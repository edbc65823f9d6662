import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.linalg.norm(x, 1.5))(np.array([0.0, 1.0]))
numpy.testing.assert_array_equal(g, [0.0, 1.0])
