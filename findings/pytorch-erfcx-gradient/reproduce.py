import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(1e6, requires_grad=True)
g, = torch.autograd.grad(torch.special.erfcx(x), x)
torch.testing.assert_close(g * 1e12, torch.tensor(-torch.pi**-0.5), rtol=1e-9, atol=0)  # -1 / (sqrt(pi) x^2)
