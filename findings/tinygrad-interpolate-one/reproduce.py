import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor([[3.0, 4.0]]).interpolate((1,), "linear", True).item()
assert y == 3.0, y
