import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.real(np.fft.rfft(x, n=2)[0]))(np.ones(4))
numpy.testing.assert_array_equal(g, [1.0, 1.0, 0.0, 0.0])
