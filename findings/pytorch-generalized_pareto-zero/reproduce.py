import torch
torch.set_default_dtype(torch.float64)
from torch.distributions import GeneralizedPareto

c = torch.tensor(0.0, requires_grad=True)
y = GeneralizedPareto(torch.tensor(0.0), torch.tensor(1.0), c).log_prob(torch.tensor(3.0))  # -(1 + 1 / c) log(1 + 3 c)
g, = torch.autograd.grad(y, c, allow_unused=True, materialize_grads=True)
torch.testing.assert_close(g, torch.tensor(1.5))  # x^2 / 2 - x
