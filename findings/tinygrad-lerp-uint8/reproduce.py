import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor, dtypes

a, b = Tensor([0], dtype=dtypes.uint8), Tensor([200], dtype=dtypes.uint8)
y = a.lerp(b, Tensor([0.5])).item()
assert y == 100, y
