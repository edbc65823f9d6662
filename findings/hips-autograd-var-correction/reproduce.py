import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.var(x, correction=1))(np.array([1.0, 3.0]))
numpy.testing.assert_array_equal(g, [-2.0, 2.0])
