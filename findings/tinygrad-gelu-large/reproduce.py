import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([1e20])
g = x.gelu().sum().gradient(x)[0].item()
assert abs(g - 1.0) < 1e-6, g
