import torch
torch.set_default_dtype(torch.float64)
from torch.distributions import Wishart, kl_divergence

def kl(df):
    return kl_divergence(Wishart(df, torch.eye(2)), Wishart(torch.tensor(4.0), torch.eye(2)))


df, h = torch.tensor(5.0, requires_grad=True), 1e-5
g, = torch.autograd.grad(kl(df), df, allow_unused=True, materialize_grads=True)
torch.testing.assert_close(g, ((kl(df + h) - kl(df - h)) / (2 * h)).detach(), rtol=1e-6, atol=0)
