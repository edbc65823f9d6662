import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(-1e9, requires_grad=True)
g, = torch.autograd.grad(torch.special.log_ndtr(x), x)  # -x - 1/x + ...
torch.testing.assert_close(g, torch.tensor(1e9))
