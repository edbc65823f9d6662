import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([-100.0])
g, = x.sigmoid().sum().gradient(x)
h = g.sum().gradient(x)[0].item()
assert h == 0.0, h
