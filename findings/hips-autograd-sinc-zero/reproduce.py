import autograd.numpy as np
import numpy
from autograd import grad

assert grad(np.sinc)(0.0) == 0.0, grad(np.sinc)(0.0)
