import math
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor([math.pi / 2]).tan().item()  # in f32 pi / 2 + 4.4e-8
assert abs(y / -22877332.0 - 1.0) < 1e-4, y
