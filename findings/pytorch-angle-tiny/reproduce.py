import torch
torch.set_default_dtype(torch.float64)

z = torch.tensor(1e-200 + 0j, requires_grad=True)
g, = torch.autograd.grad(torch.angle(z), z)  # z i / |z|^2
torch.testing.assert_close(g, torch.tensor(1e200j))
