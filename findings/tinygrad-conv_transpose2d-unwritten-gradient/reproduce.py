import os
os.environ.setdefault("DEV", "CPU")  # PYTHON gives it memory of zeros
from tinygrad import Tensor

# every output is in the padding: y is 0 whatever w is
x = Tensor([[[[1.0, 2.0, 3.0]]], [[[1.0, 2.0, 3.0]]]])
c = Tensor([float(i) for i in range(14)]).reshape(2, 1, 1, 7)
for i in range(4):
    w = Tensor([[[[1.0, 1.0], [1.0, 1.0]]]])
    old = [(Tensor([7.0] * 4) * (i + 1)).tolist() for _ in range(3)]  # memory that is free again
    y = x.conv_transpose2d(w, stride=2, dilation=2, padding=(1, 0))
    g, h = (y * c).sum().gradient(x, w)
    g, h = g.tolist(), h.tolist()
    assert h == [[[[0.0, 0.0], [0.0, 0.0]]]], h
