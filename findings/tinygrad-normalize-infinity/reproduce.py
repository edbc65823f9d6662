# fails with: OverflowError
import math
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor([[3.0, -4.0]]).normalize(p=math.inf).tolist()
assert y == [[0.75, -1.0]], y
