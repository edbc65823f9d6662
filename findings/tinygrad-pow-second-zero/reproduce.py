import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x, p = Tensor([0.0]), Tensor([0.0])
g, = (x**p).sum().gradient(x)
h = g.sum().gradient(x)[0].item()
assert h == 0.0, h
