import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

y, places = Tensor([[[[1.0, 5.0, 2.0]]]]).max_pool2d((1, 2), stride=(1, 1), return_indices=True)
x = y.max_unpool2d(places, kernel_size=(1, 2), stride=(1, 1)).tolist()
assert x == [[[[0.0, 5.0, 0.0]]]], x
