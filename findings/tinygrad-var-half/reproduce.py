import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y = Tensor([300.0, -300.0]).half().std(correction=0).float().item()
assert y == 300.0, y
