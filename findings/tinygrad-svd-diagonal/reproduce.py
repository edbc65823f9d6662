import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([[2.0, 0.0], [0.0, 1.0]])
g = x.svd()[2][0, 1].gradient(x)[0].tolist()
assert abs(abs(g[0][1]) - 2 / 3) < 1e-4, g
