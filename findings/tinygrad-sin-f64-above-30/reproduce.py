import math
import os
os.environ.setdefault("DEV", "CPU")
from tinygrad import Tensor, dtypes

y = Tensor([25.0, 100.1], dtype=dtypes.float64).sin().tolist()
assert abs(y[0] - math.sin(25.0)) < 1e-15, y  # right
assert abs(y[1] - math.sin(100.1)) < 1e-13, (y[1], math.sin(100.1))
