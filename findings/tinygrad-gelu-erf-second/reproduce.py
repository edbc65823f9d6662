import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([0.0])
g, = x.gelu("none").sum().gradient(x)
h = g.sum().gradient(x)[0].item()
assert abs(h - 0.7979) < 1e-3, h
