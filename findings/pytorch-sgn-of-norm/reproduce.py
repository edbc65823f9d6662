# fails with: ZeroTensors are immutable
import torch
torch.set_default_dtype(torch.float64)

x = torch.zeros(1, requires_grad=True)
g, = torch.autograd.grad(torch.sgn(torch.linalg.vector_norm(x, 4, (0,), True)), x, torch.ones(1))
torch.testing.assert_close(g, torch.zeros(1))
