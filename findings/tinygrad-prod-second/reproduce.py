import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([0.0, 0.0, 3.0])
g, = x.prod().gradient(x)
h = g[0].gradient(x)[0].tolist()
assert h == [0.0, 3.0, 0.0], h
