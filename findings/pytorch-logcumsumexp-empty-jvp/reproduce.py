# fails with: Expected reduction dim 0 to have non-zero size
import torch
torch.set_default_dtype(torch.float64)

x = torch.zeros(0)
y, t = torch.func.jvp(lambda x: torch.logcumsumexp(x, 0), (x,), (x,))
assert t.shape == (0,)
