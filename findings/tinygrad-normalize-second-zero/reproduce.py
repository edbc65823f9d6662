import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([[0.0, 1.0]])
g, = x.normalize()[0, 1].gradient(x)
h = g[0, 0].gradient(x)[0].tolist()
assert h[0][0] == -1.0, h
