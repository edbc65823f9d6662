import autograd.numpy as np
from autograd import make_jvp

dy = make_jvp(np.linalg.norm)(np.array([3.0 + 4.0j]))(np.array([1.0 + 0.0j]))[1]
assert abs(dy - 0.6) < 1e-12, dy
