import autograd.numpy as np
import numpy
from autograd import grad

h = grad(grad(np.tanh))(800.0)
assert h == 0.0, h
