import os
os.environ.setdefault("DEV", "PYTHON")
import math
from tinygrad import Tensor

x = Tensor([0.0])
g = x.erf().sum().gradient(x)[0].item()
assert abs(g - 2 / math.sqrt(math.pi)) < 1e-5, g
