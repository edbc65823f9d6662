import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor([[[1.0, 2.0]]], requires_grad=True)
y = torch.nn.functional.interpolate(x, scale_factor=2.3, mode="nearest")
torch.testing.assert_close(y, torch.tensor([[[1.0, 1.0, 1.0, 2.0]]]))
g, = torch.autograd.grad(y.sum(), x)
torch.testing.assert_close(g, torch.tensor([[[3.0, 1.0]]]))
