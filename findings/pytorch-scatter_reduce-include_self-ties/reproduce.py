import torch
torch.set_default_dtype(torch.float64)

t = torch.tensor(2.0, requires_grad=True)
y = torch.scatter_reduce(torch.tensor([2.0]), 0, torch.tensor([0]), t[None], "amax", include_self=False)  # [t]
g, = torch.autograd.grad(y.sum(), t)
torch.testing.assert_close(g, torch.tensor(1.0))
