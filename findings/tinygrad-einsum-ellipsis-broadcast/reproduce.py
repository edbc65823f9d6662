# fails with: contains different values for the same key
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor.einsum("...i,...i->...", Tensor.ones(1, 2), Tensor.ones(3, 2))
assert y.tolist() == [2.0, 2.0, 2.0]
