import os
os.environ.setdefault("DEV", "CPU")
from tinygrad import Tensor

y = Tensor([1e8, 1e10]).hardsigmoid().tolist()
assert y == [1.0, 1.0], y
