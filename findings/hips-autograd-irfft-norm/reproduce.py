import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.fft.irfft(x, norm="backward")[0])(np.array([1.0 + 0j, 2.0 + 0j]))
numpy.testing.assert_array_equal(g, [0.5, 0.5])
