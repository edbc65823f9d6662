import autograd.numpy as np
import numpy
from autograd import grad

from autograd import jacobian

f = lambda z: z[0] ** z[1]
h = jacobian(grad(f))(np.array([1.5, 0.0]))  # d2/dx dp x^p = x^(p-1) (1 + p log x)
numpy.testing.assert_allclose([h[0, 1], h[1, 0]], [1 / 1.5, 1 / 1.5])
