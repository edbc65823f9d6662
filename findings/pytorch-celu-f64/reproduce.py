import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(-1.0, requires_grad=True)
g, = torch.autograd.grad(torch.nn.functional.celu(x, 1.4), x)
torch.testing.assert_close(g, torch.exp(torch.tensor(-1 / 1.4)), rtol=1e-12, atol=0)
