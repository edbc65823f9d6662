# fails with: non-contiguous view
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([3.0]).reshape(1, 1, 1, 1).transpose(-2, -1).contiguous().realize().transpose(-2, -1)
assert x.diagonal(0, -2, -1).tolist() == [[[3.0]]]
