import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(0.0, requires_grad=True)
g, = torch.autograd.grad(torch.sinc(x), x, create_graph=True)
h, = torch.autograd.grad(g, x)
torch.testing.assert_close(h, torch.tensor(-torch.pi**2 / 3))
