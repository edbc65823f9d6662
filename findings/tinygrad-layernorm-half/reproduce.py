import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor([300.0, -300.0]).half().layernorm().float().tolist()
assert y == [1.0, -1.0], y
