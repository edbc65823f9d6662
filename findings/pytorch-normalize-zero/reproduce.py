import torch
torch.set_default_dtype(torch.float64)

x = torch.zeros(2, requires_grad=True)
y = torch.nn.functional.normalize(x, dim=0, eps=0.5)  # 2 x where |x| < 0.5
g, = torch.autograd.grad(y[0] ** 2 / 2, x, create_graph=True)  # [4 x, 0]
h, = torch.autograd.grad(g[0], x)
torch.testing.assert_close(h, torch.tensor([4.0, 0.0]))
