import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([41.0])
assert (x // 41.0).item() == 1.0, (x // 41.0).item()
