import os
os.environ.setdefault("DEV", "PYTHON")
import math
from tinygrad import Tensor

x = Tensor([1e-7])
y = {f.__name__: f(x).item() for f in (Tensor.tanh, Tensor.sinh, Tensor.asinh, Tensor.atanh, Tensor.asin, Tensor.atan)}
y["erf"] = x.erf().item() * math.sqrt(math.pi) / 2
assert all(abs(value - 1e-7) < 1e-10 for value in y.values()), y  # each is x + O(x^3)
