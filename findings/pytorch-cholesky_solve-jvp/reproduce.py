import torch
torch.set_default_dtype(torch.float64)

def f(L):
    return torch.cholesky_solve(torch.tensor([[1.0], [-1.0]]), L)


L, dL, h = torch.tensor([[2.0, 0.0], [1.0, 3.0]]), torch.tensor([[1.0, 0.0], [0.5, -0.3]]), 1e-5
y, dy = torch.func.jvp(f, (L,), (dL,))
torch.testing.assert_close(dy, (f(L + h * dL) - f(L - h * dL)) / (2 * h), rtol=1e-6, atol=1e-8)
