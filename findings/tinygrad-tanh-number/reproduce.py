import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor, dtypes

x = Tensor(-500.0, dtype=dtypes.double)
g = x.tanh().gradient(x)[0].item()
assert abs(g) < 1e-12, g
