# fails with: name 'np' is not defined
import autograd.numpy as np
import numpy
from autograd import grad

from autograd import make_jvp

y, dy = make_jvp(lambda x: np.var(x, axis=(0, 1)))(np.array([[1.0, 3.0]]))(np.array([[0.0, 1.0]]))
numpy.testing.assert_allclose(dy, 1.0)  # (x1 - x0) / 2
