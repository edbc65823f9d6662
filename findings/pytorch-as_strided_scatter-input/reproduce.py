import torch
torch.set_default_dtype(torch.float64)

x = torch.zeros(3, requires_grad=True)
y = torch.as_strided_scatter(x, torch.tensor([5.0]), (1,), (1,), 0)  # y = [5, x1, x2]
g, = torch.autograd.grad(y.sum(), x)
torch.testing.assert_close(g, torch.tensor([0.0, 1.0, 1.0]))
