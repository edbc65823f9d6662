import torch
from torch.distributions import Poisson, kl_divergence
torch.set_default_dtype(torch.float64)

kl = kl_divergence(Poisson(torch.tensor(0.0)), Poisson(torch.tensor(1.5)))
torch.testing.assert_close(kl, torch.tensor(1.5))  # -log of the probability of 0
