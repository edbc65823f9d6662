import torch
torch.set_default_dtype(torch.float64)

def f(a):
    return torch.triangular_solve(torch.ones(2, 1), a)[0]  # reads the upper triangle; linalg.solve_triangular is right


a, da, h = torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([[1.0, 0.0], [0.5, -0.3]]), 1e-5
y, dy = torch.func.jvp(f, (a,), (da,))
torch.testing.assert_close(dy, (f(a + h * da) - f(a - h * da)) / (2 * h), rtol=1e-6, atol=1e-8)
