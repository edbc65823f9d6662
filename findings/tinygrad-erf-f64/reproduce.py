import os
os.environ.setdefault("DEV", "PYTHON")
import math
from tinygrad import Tensor, dtypes

y = Tensor([0.46], dtype=dtypes.double).erf().item()
assert abs(y - math.erf(0.46)) < 1e-12, y
