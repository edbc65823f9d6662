# fails with: got None (or an undefined Tensor in C++)
import torch
torch.set_default_dtype(torch.float64)

b = torch.zeros(2, requires_grad=True)
g, = torch.autograd.grad(torch.dist(torch.tensor([1.0, 2.0]), b, 0.0), b)  # how many differ
torch.testing.assert_close(g, torch.zeros(2))
