import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(1e200, requires_grad=True)
g, = torch.autograd.grad(torch.asinh(x), x)  # 1 / sqrt(x^2 + 1)
torch.testing.assert_close(g, torch.tensor(1e-200), rtol=1e-6, atol=0.0)
