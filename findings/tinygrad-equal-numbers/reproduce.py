import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor, dtypes

x, y = Tensor(2.0, dtype=dtypes.double), Tensor(2.0, dtype=dtypes.double)
g = [g.item() for g in (x * x * y).gradient(x, y)]
assert g == [8.0, 4.0], g
