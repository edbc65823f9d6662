import math
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor([-20.0]).mish().item()
expected = -20.0 * math.tanh(math.log1p(math.exp(-20.0)))
assert abs(y / expected - 1.0) < 1e-4, y
