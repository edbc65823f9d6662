import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(0.0, requires_grad=True)
g, = torch.autograd.grad(torch.special.gammainc(torch.tensor(1.0), x), x)  # 1 - exp(-x)
torch.testing.assert_close(g, torch.tensor(1.0))
