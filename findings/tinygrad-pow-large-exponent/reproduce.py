import os
os.environ.setdefault("DEV", "CPU")
from tinygrad import Tensor

y = Tensor([-1.0, -1.0]).pow(Tensor([2147483648.0, 1e10])).tolist()  # even
assert y == [1.0, 1.0], y
