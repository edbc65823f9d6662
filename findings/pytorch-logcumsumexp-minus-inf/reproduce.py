import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor([-float("inf"), 0.0, 0.0], requires_grad=True)
g, = torch.autograd.grad(torch.logcumsumexp(x, 0)[-1], x)  # softmax
torch.testing.assert_close(g, torch.tensor([0.0, 0.5, 0.5]))
