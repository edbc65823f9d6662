import os
os.environ.setdefault("DEV", "PYTHON")
import math
from tinygrad import Tensor, dtypes

x = Tensor([0.3], dtype=dtypes.double)
y = [f(x).item() for f in (Tensor.asin, Tensor.acos, Tensor.atan)]
expected = [math.asin(0.3), math.acos(0.3), math.atan(0.3)]
assert all(abs(y - right) < 1e-12 for y, right in zip(y, expected)), (y, expected)
