# fails with: invalid shrink
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

assert Tensor([[1.0, 2.0]]).diagonal(3).shape == (0,)
