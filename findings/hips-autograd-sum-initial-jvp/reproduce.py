import autograd.numpy as np
import numpy
from autograd import make_jvp

dy = make_jvp(lambda x: np.sum(x, initial=3.0))(np.array([1.0, 2.0]))(np.array([1.0, 0.0]))[1]
numpy.testing.assert_array_equal(dy, 1.0)
