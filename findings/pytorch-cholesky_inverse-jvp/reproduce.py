import torch
torch.set_default_dtype(torch.float64)

L, dL, h = torch.tensor([[2.0, 0.0], [1.0, 3.0]]), torch.tensor([[1.0, 0.0], [0.5, -0.3]]), 1e-5
y, dy = torch.func.jvp(torch.cholesky_inverse, (L,), (dL,))
slope = (torch.cholesky_inverse(L + h * dL) - torch.cholesky_inverse(L - h * dL)) / (2 * h)
torch.testing.assert_close(dy, slope, rtol=1e-6, atol=1e-8)
