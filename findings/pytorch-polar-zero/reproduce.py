import torch
torch.set_default_dtype(torch.float64)

r = torch.tensor(0.0, requires_grad=True)
g, = torch.autograd.grad(torch.polar(r, torch.tensor(0.0)).real, r)  # r cos 0
torch.testing.assert_close(g, torch.tensor(1.0))
