import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor([0.0, 1.0, 2.0, 3.0]).roll((1, 1), (0, 0)).tolist()
assert y == [2.0, 3.0, 0.0, 1.0], y
