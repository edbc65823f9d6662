# fails with: unexpected keyword argument 'hermitian'
import autograd.numpy as np
import numpy
from autograd import grad

g = grad(lambda x: np.sum(np.linalg.svd(x, compute_uv=False, hermitian=True)))(np.diag([1.0, 2.0]))
numpy.testing.assert_array_equal(g, numpy.eye(2))
