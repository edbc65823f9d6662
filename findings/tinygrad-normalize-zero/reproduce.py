import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([[0.0, 0.0]])
g = x.normalize(eps=0.5)[0, 0].gradient(x)[0].tolist()
assert g == [[2.0, 0.0]], g
