# fails with: IndexError
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.gradient(x)))(np.array([1.0, 2.0]))  # 2 (x1 - x0)
numpy.testing.assert_array_equal(g, [-2.0, 2.0])
