# fails with: grad_input must be contiguous
import torch
torch.set_default_dtype(torch.float64)

x = torch.zeros(1, 2, 2, 2, requires_grad=True)
y = torch.nn.functional.nll_loss(x.contiguous(memory_format=torch.channels_last), torch.zeros(1, 2, 2, dtype=torch.long))
g, = torch.autograd.grad(y, x)
torch.testing.assert_close(g, torch.tensor([-0.25, 0.0]).reshape(1, 2, 1, 1).expand(1, 2, 2, 2))
