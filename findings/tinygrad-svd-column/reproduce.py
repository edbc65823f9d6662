# fails with: ValueError
import os
os.environ.setdefault("DEV", "PYTHON")
import math
from tinygrad import Tensor

s = Tensor([[3.0], [4.0]]).svd(full_matrices=False)[1].item()
assert abs(s - 5) < 1e-5, s
