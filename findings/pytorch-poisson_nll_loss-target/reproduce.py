import torch
torch.set_default_dtype(torch.float64)

x, t = torch.tensor(2.0), torch.tensor(0.0, requires_grad=True)
y = torch.nn.functional.poisson_nll_loss(x, t, log_input=True, full=True)  # exp(x) - t x, for t up to 1
g, = torch.autograd.grad(y, t)
torch.testing.assert_close(g, torch.tensor(-2.0))
