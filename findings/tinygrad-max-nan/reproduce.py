import os
os.environ.setdefault("DEV", "CPU")
from tinygrad import Tensor

nan = float("nan")
y = Tensor([1.0, nan]).max().item(), Tensor([nan, 1.0]).max().item()
assert y[0] != y[0] and y[1] != y[1], y
