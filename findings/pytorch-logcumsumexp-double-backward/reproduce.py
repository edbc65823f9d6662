import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor([0.0, 0.5], requires_grad=True)
y = (torch.logcumsumexp(x, 0) ** 2).sum() / 2  # the adjoint of the first output is its value: 0, but not constant
g, = torch.autograd.grad(y, x, create_graph=True)
row, = torch.autograd.grad(g[0], x)
s = torch.sigmoid(torch.tensor(-0.5))
L = torch.log(torch.exp(torch.tensor(0.0)) + torch.exp(torch.tensor(0.5)))
torch.testing.assert_close(row[0], 1 + s**2 + L * s * (1 - s))
