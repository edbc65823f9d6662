# fails with: select(): index 0 out of range
import torch
torch.set_default_dtype(torch.float64)

x = torch.ones(2, 0, requires_grad=True)
y = torch.nn.functional.batch_norm(x, torch.zeros(0), torch.ones(0), torch.ones(0), torch.ones(0))
g, = torch.autograd.grad(y.sum(), x)
assert g.shape == (2, 0)
