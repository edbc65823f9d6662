# fails with: LinAlgError: Singular matrix
import autograd.numpy as np
import numpy
from autograd import grad

numpy.testing.assert_allclose(grad(np.linalg.det)(np.array([[1.0, 2.0], [2.0, 4.0]])), [[4.0, -2.0], [-2.0, 1.0]])
