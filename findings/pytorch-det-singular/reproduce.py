import torch
torch.set_default_dtype(torch.float64)

a = torch.ones(2, 2, requires_grad=True)
g, = torch.autograd.grad(torch.linalg.det(a), a)
torch.testing.assert_close(g, torch.tensor([[1.0, -1.0], [-1.0, 1.0]]))  # the cofactors
