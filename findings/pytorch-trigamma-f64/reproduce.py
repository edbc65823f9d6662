import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(1.0, requires_grad=True)
g, = torch.autograd.grad(torch.digamma(x), x)
torch.testing.assert_close(g, torch.tensor(torch.pi**2 / 6), rtol=1e-12, atol=0)
