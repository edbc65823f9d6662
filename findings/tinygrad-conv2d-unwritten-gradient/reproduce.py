import os
os.environ.setdefault("DEV", "CPU")  # PYTHON gives it memory of zeros
from tinygrad import Tensor

# every output is in the padding: y is 0 whatever x is
w = Tensor([float(i) for i in range(12)]).reshape(3, 2, 1, 2)
c = Tensor([float(i) for i in range(15)]).reshape(1, 3, 5, 1)
for i in range(4):
    x = Tensor([1.0, 2.0]).reshape(1, 2, 1, 1)
    old = [(Tensor([7.0] * 2) * (i + 1)).tolist() for _ in range(3)]  # memory that is free again
    y = x.conv2d(w, stride=(1, 2), padding=2, dilation=3)
    g = (y * c).sum().gradient(x)[0].tolist()
    assert g == [[[[0.0]], [[0.0]]]], g
