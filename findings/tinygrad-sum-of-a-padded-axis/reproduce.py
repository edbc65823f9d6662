import os
os.environ.setdefault("DEV", "PYTHON")
from tinygrad import Tensor

# the axis that is padded has one element, and two more are summed with it
x = Tensor([[[1.0], [2.0]], [[3.0], [4.0]], [[5.0], [6.0]]])
padded = x.pad(((0, 0), (0, 0), (1, 0)))
assert sum(sum(row[1] for row in rows) for rows in padded.tolist()) == 21.0
y = padded.sum().item()
assert y == 21.0, y
