import numpy
from autograd import grad
from autograd.scipy.stats import poisson

g = grad(lambda mu: poisson.logpmf(0, mu)[0])(numpy.array([0.0]))  # -mu
numpy.testing.assert_allclose(g, [-1.0])
