# fails with: cannot access local variable 'tri'
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.linalg.eigh(x, "l")[0]))(np.diag([1.0, 2.0]))
numpy.testing.assert_array_equal(g, numpy.eye(2))
