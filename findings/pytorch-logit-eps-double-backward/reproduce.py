import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(0.0, requires_grad=True)
y = torch.logit(x, 0.1)  # of 0.1, for all x below that
g, = torch.autograd.grad(y, x, create_graph=True)
h, = torch.autograd.grad(g, x)
torch.testing.assert_close(h, torch.tensor(0.0))
