# fails with: cannot access local variable 'num_reps'
import autograd.numpy as np
import numpy
from autograd import make_jvp

dy = make_jvp(lambda x: np.var(x, axis=np.int64(0)))(np.array([1.0, 3.0]))(np.array([1.0, 0.0]))[1]
numpy.testing.assert_array_equal(dy, -1.0)
