import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor, dtypes

y = Tensor([[0.0, 1.0]], dtype=dtypes.float64).interpolate((7,), "linear").tolist()[0][2]
assert abs(y - 3 / 14) < 1e-12, y
