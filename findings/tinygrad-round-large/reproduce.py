import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor([8388609.0]).round().item()  # 2^23 + 1, a whole number
assert y == 8388609.0, y
