import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(-800.0, requires_grad=True)
g, = torch.autograd.grad(torch.logaddexp(x, torch.tensor(0.0)), x, create_graph=True)
h, = torch.autograd.grad(g, x)
torch.testing.assert_close(h, torch.tensor(0.0))
