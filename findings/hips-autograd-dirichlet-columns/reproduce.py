import autograd.numpy as np
import autograd.scipy.stats.dirichlet as dirichlet
import numpy
from autograd import grad

g = grad(lambda x: np.sum(dirichlet.logpdf(np.array([[0.25, 0.5], [0.75, 0.5]]), x)))(np.ones(2))
numpy.testing.assert_allclose(g, 2 + numpy.log([0.125, 0.375]))
