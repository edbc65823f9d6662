import math
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor([1e6]).cos().item()
assert abs(y - math.cos(1e6)) < 1e-5, y
