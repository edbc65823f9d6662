import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(0.0, requires_grad=True)
d = torch.distributions.Gamma(torch.tensor(1.0), torch.tensor(1.0))
g, = torch.autograd.grad(d.log_prob(x), x)  # -x
torch.testing.assert_close(g, torch.tensor(-1.0))
