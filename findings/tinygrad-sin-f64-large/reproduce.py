import math
import os
os.environ.setdefault("DEV", "CPU")
from tinygrad import Tensor, dtypes

y = Tensor([1e14, 1e22], dtype=dtypes.float64).sin().tolist()
assert abs(y[0] - math.sin(1e14)) < 1e-9 and abs(y[1] - math.sin(1e22)) < 1e-9, y
