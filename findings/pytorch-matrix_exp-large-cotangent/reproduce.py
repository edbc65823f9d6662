import torch
torch.set_default_dtype(torch.float64)

a = torch.tensor([[4.0]], requires_grad=True)
for size in (1.0, 1e20):  # a gradient is linear in its cotangent
    g, = torch.autograd.grad(torch.linalg.matrix_exp(a), a, torch.tensor([[size]]))
    torch.testing.assert_close(g / size, torch.tensor([[54.598150033144236]]), rtol=1e-9, atol=0)
