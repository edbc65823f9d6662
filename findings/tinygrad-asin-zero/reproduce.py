import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([0.0])
g = x.asin().sum().gradient(x)[0].item()
assert abs(g - 1.0) < 1e-6, g
