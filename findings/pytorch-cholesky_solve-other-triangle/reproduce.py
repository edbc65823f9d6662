import torch
torch.set_default_dtype(torch.float64)

b = torch.ones(2, 1)
L = torch.tensor([[2.0, 0.0], [1.0, 3.0]], requires_grad=True)
other = torch.tensor([[2.0, 9.0], [1.0, 3.0]])  # above the diagonal nothing is read
assert torch.equal(torch.cholesky_solve(b, other), torch.cholesky_solve(b, L))
g, = torch.autograd.grad(torch.cholesky_solve(b, L).sum(), L)
torch.testing.assert_close(g[0, 1], torch.tensor(0.0))
