import math
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor([89.0]).sinh().item()
assert abs(y / math.sinh(89.0) - 1.0) < 1e-4, y
