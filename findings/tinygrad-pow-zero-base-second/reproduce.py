import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

p = Tensor([1.5])
g, = (Tensor([0.0]) ** p).sum().gradient(p)
h = g.sum().gradient(p)[0].item()
assert h == 0.0, h
