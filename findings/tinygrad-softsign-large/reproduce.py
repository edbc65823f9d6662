import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([1e8])
g = x.softsign().sum().gradient(x)[0].item()
assert abs(g / 1e-16 - 1.0) < 1e-4, g  # 1 / (1 + x)^2
