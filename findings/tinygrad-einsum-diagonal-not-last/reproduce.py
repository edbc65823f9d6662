import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]])
y = Tensor.einsum("iji->j", x).tolist()
assert y == [7.0, 11.0], y
