# fails with: unexpected keyword argument 'min'
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.clip(x, min=-1.0, max=1.0)))(np.array([0.5, 2.0]))
numpy.testing.assert_array_equal(g, [1.0, 0.0])
