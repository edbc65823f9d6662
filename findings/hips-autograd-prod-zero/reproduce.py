import autograd.numpy as np
import numpy
from autograd import grad

numpy.testing.assert_array_equal(grad(np.prod)(np.array([0.0, 2.0, 3.0])), [6.0, 0.0, 0.0])
