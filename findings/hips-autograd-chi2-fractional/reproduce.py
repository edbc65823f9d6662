import autograd.numpy as np
import autograd.scipy.stats.chi2 as chi2
import numpy
from autograd import grad

g = grad(lambda x: chi2.logpdf(x, 2.5))(1.0)
numpy.testing.assert_array_equal(g, -0.25)
