import torch
torch.set_default_dtype(torch.float64)

z = torch.tensor(1e200 + 1e200j, requires_grad=True)
g, = torch.autograd.grad(torch.asinh(z).real, z)  # conj(1 / sqrt(z^2 + 1)), 1 / conj(z) there
torch.testing.assert_close(g, 1 / z.detach().conj(), rtol=1e-6, atol=0.0)
