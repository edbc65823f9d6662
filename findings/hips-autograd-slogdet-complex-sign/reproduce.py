import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.imag(np.linalg.slogdet(np.array([[1.0 + x * 1j]]))[0]))(0.0)
numpy.testing.assert_array_equal(g, 1.0)
