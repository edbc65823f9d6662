# fails with: bad reshape
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([[2.0, 1.0], [0.0, 3.0]])
g, = x.qr()[1][0, 0].gradient(x)  # a column's length
h = g[1, 0].gradient(x)[0].tolist()
assert abs(abs(h[1][0]) - 0.5) < 1e-6, h
