import torch
torch.set_default_dtype(torch.float64)

b = torch.tensor([[1.0, 2.0], [-1.0, 3.0]])


def f(L):
    return torch.cholesky_solve(b, L)  # one b, a batch of factors


L = torch.tensor([[[2.0, 0.0], [1.0, 3.0]], [[3.0, 0.0], [3.0, 2.0]]])
dL, h = torch.tensor([[[0.0, 0.0], [1.0, 0.0]], [[0.0, 0.0], [2.0, 0.0]]]), 1e-5
y, dy = torch.func.jvp(f, (L,), (dL,))
torch.testing.assert_close(dy, (f(L + h * dL) - f(L - h * dL)) / (2 * h), rtol=1e-6, atol=1e-8)
