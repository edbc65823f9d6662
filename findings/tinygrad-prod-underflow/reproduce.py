import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([1e-30, 1e-20])
g = x.prod().gradient(x)[0].tolist()  # the other one
assert abs(g[0] / 1e-20 - 1.0) < 1e-4, g
