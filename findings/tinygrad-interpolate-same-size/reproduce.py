# fails with: RuntimeError
import os
os.environ.setdefault("DEV", "PYTHON")
import math
from tinygrad import Tensor

x = Tensor([[[1.0, 2.0]]])
y = x.sin().interpolate((2,), "nearest") * Tensor([[[2.0, 3.0]]])
g = y.sum().gradient(x)[0].flatten().tolist()
assert abs(g[0] - 2 * math.cos(1)) < 1e-5 and abs(g[1] - 3 * math.cos(2)) < 1e-5, g
