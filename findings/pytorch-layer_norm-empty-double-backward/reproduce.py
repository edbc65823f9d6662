# fails with: Expected a proper Tensor but got None
import torch
torch.set_default_dtype(torch.float64)

x = torch.zeros(0, 3, requires_grad=True)
b = torch.zeros(3, requires_grad=True)
y = torch.nn.functional.layer_norm(x, (3,), None, b)
gx, gb = torch.autograd.grad(y.sum(), (x, b), create_graph=True)
torch.autograd.grad(gx.sum() + gb.sum(), (x, b), allow_unused=True)
