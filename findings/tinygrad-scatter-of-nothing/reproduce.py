# fails with: shape mismatch
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor, dtypes

nothing = Tensor.zeros(0, 2)
assert Tensor.ones(2, 2).scatter(0, nothing.cast(dtypes.int32), nothing).tolist() == [[1.0, 1.0], [1.0, 1.0]]
