import math
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([5000.0])
g = x.atan().sum().gradient(x)[0].item()
assert abs(g / 4e-8 - 1.0) < 1e-4, g  # 1 / (1 + x^2)
