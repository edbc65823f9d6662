import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(1.0, requires_grad=True)
p = torch.tensor(0.0, requires_grad=True)
gx, gp = torch.autograd.grad(x**p, (x, p), create_graph=True)
by_x, = torch.autograd.grad(gp, x, retain_graph=True)  # d2/dx dp x^p = x^(p-1) (1 + p log x) = 1
by_p, = torch.autograd.grad(gx, p)
torch.testing.assert_close((by_x, by_p), (torch.tensor(1.0), torch.tensor(1.0)))
