import autograd.numpy as np
import numpy
from autograd import make_jvp

dy = make_jvp(lambda x: np.sort(x))(np.array([[2.0, 1.0], [3.0, 4.0]]))(np.array([[1.0, 0.0], [0.0, 0.0]]))[1]
numpy.testing.assert_array_equal(dy, [[0.0, 1.0], [0.0, 0.0]])
