# fails with: ValueError
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor.einsum("ikki->", Tensor.ones(2, 3, 3, 2))
assert y.item() == 6.0
