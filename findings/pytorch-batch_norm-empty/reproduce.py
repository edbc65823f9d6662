# fails with: select()
import torch
torch.set_default_dtype(torch.float64)

x = torch.ones(0, 2, requires_grad=True)
y = torch.nn.functional.batch_norm(x, torch.zeros(2), torch.ones(2))
torch.testing.assert_close(y, torch.ones(0, 2))
g, = torch.autograd.grad(y.sum(), x)
torch.testing.assert_close(g, torch.ones(0, 2))
