# fails with: could not be broadcast together
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.gradient(x)[0]))(np.array([1.0, 2.0, 4.0]))  # x1 - x0; four elements work
numpy.testing.assert_array_equal(g, [-1.0, 1.0, 0.0])
