import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor([0.0, 2.0], requires_grad=True)
y, dy = torch.func.jvp(lambda x: torch.cumprod(x, 0)[1], (x,), (torch.ones(2),))  # x0 + x1
g, = torch.autograd.grad(dy, x)
torch.testing.assert_close(g, torch.ones(2))
