import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor([float("nan")]).relu().item()
assert y != y, y
