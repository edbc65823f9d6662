import numpy
from autograd import grad
from autograd.scipy.stats import beta

g = grad(lambda x: beta.logpdf(x, 1.0, 2.0)[0])(numpy.array([0.0]))  # log(2 (1 - x))
numpy.testing.assert_allclose(g, [-1.0])
