import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

x = Tensor([[[[[1.0], [2.0]], [[3.0], [4.0]]]]])  # 2 x 2 x 1, the last padded with one on both sides
y = x.max_pool2d(kernel_size=(2, 2, 2), stride=(2, 2, 2), padding=(0, 0, 1))
g = y.sum().gradient(x)[0].flatten().tolist()
assert y.flatten().tolist() == [4.0] and g == [0.0, 0.0, 0.0, 1.0], (y.tolist(), g)
