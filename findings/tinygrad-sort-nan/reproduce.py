import os
os.environ.setdefault("DEV", "CPU")
from tinygrad import Tensor

y = Tensor([1.0, float("nan"), 0.0]).sort()[0].tolist()
assert y[:2] == [0.0, 1.0] and y[2] != y[2], y
