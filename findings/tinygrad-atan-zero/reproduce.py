import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([0.0])
g = x.atan().sum().gradient(x)[0].item()
assert abs(g - 1.0) < 1e-5, g
