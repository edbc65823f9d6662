# fails with: RecursionError
import autograd.numpy as np
import numpy
from autograd import grad

from autograd.scipy.signal import convolve

a, b = np.ones((5, 8)), np.ones((4, 3))
g = grad(lambda a: np.sum(convolve(a, b, mode="valid")))(a)
assert g.sum() == 2 * 6 * 12
