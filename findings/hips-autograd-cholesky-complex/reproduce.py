import autograd.numpy as np
import numpy
from autograd import grad

a = np.array([[2.0, 1.0 - 1.0j], [1.0 + 1.0j, 3.0]])


def f(t):
    return np.real(np.linalg.cholesky(a + t * np.array([[1.0, 0.0], [0.0, 0.0]]))[1, 1])  # sqrt(3 - 2 / (2 + t))


numpy.testing.assert_allclose(grad(f)(0.0), 0.25 / 2**0.5)
