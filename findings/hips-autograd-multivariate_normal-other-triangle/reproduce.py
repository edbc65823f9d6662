import numpy
from autograd import grad
from autograd.scipy.stats import multivariate_normal

c = numpy.array([[2.0, 0.5], [0.5, 1.0]])
f = lambda c: multivariate_normal.logpdf(numpy.ones(2), numpy.zeros(2), c)
d = numpy.array([[0.0, 1e-6], [0.0, 0.0]])  # the lower triangle is read
assert f(c + d) == f(c - d)
g = grad(f)(c)
assert abs(g[0, 1]) < 1e-9, g
