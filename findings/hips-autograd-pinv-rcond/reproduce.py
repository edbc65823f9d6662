# fails with: grad_pinv() takes 2 positional arguments
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda a: np.sum(np.linalg.pinv(a, 1e-15)))(np.array([[2.0]]))
numpy.testing.assert_allclose(g, [[-0.25]])
