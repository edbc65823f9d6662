import os
os.environ.setdefault("DEV", "CPU")
from tinygrad import Tensor

x = Tensor([1.0] * 70000).half().realize()
g = x.max().gradient(x)[0].float().sum().item()
assert abs(g - 1.0) < 1e-2, g
