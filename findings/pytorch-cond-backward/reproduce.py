# fails with: has been modified by an inplace operation
import torch
torch.set_default_dtype(torch.float64)

a = torch.tensor([[2.0, 0.0], [0.0, 4.0]], requires_grad=True)
g, = torch.autograd.grad(torch.linalg.cond(a, 1), a)  # 4 / 2
torch.testing.assert_close(g.diagonal(), torch.tensor([-1.0, 0.5]))
