import os
os.environ.setdefault("DEV", "PYTHON")
import math
from tinygrad import Tensor, dtypes

x = Tensor([0.8], dtype=dtypes.double)
y = x.gelu("none").item()
expected = 0.4 * (1 + math.erf(0.8 / math.sqrt(2)))
assert abs(y - expected) < 1e-12, (y, expected)
