# fails with: index out of range
import autograd.numpy as np
import autograd.scipy.signal as signal
import numpy
from autograd import grad

g = grad(lambda x: np.sum(signal.convolve(x, np.ones((2, 3)), axes=([-1], [-1]), dot_axes=([0], [0]))))(np.ones((2, 3)))
numpy.testing.assert_array_equal(g, numpy.full((2, 3), 3.0))
