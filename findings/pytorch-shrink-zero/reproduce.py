import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(0.0, requires_grad=True)
for shrink in (torch.nn.functional.hardshrink, torch.nn.functional.softshrink):
    y = shrink(x, 0.0)  # x, for all x
    g, = torch.autograd.grad(y, x)
    torch.testing.assert_close(g, torch.tensor(1.0))
