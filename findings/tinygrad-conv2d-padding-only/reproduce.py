# fails with: RuntimeError
import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

# both places of the kernel are in the padding
x, w = Tensor([[[5.0]]]), Tensor([[[1.0, 1.0]]])
y = x.conv2d(w, dilation=2, padding=1)
g = y.sum().gradient(x)[0].tolist()
assert g == [[[0.0]]], g
