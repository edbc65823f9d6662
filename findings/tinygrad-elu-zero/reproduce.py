import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([0.0])
g = x.elu().sum().gradient(x)[0].item()
assert g == 1.0, g
