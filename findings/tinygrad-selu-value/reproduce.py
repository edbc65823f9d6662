import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor([1.0]).selu().item()
assert abs(y - 1.0507009873554805) < 5e-7, y
