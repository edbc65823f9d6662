import autograd.numpy as np
import numpy
from autograd import make_jvp

x = np.arange(12.0).reshape(2, 3, 2) ** 2
dx = np.cos(x)


def f(x):
    return np.linalg.norm(x, "nuc", (0, -1))


dy = make_jvp(f)(x)(dx)[1]
numpy.testing.assert_allclose(dy, (f(x + 1e-5 * dx) - f(x - 1e-5 * dx)) / 2e-5, rtol=1e-6)
