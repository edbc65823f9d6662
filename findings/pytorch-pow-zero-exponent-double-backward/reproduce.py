import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(0.0, requires_grad=True)
g, = torch.autograd.grad(torch.pow(x, torch.tensor(0.0)), x, create_graph=True)  # x^0 = 1
h, = torch.autograd.grad(g, x)
torch.testing.assert_close(h, torch.tensor(0.0))
