import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.var(x, mean=0.0))(np.array([1.0, 3.0]))
numpy.testing.assert_array_equal(g, [1.0, 3.0])
