import torch
from torch.distributions import Binomial, kl_divergence
torch.set_default_dtype(torch.float64)

kl = kl_divergence(Binomial(4, torch.tensor(1.0)), Binomial(4, torch.tensor(0.5)))
torch.testing.assert_close(kl, 4 * torch.log(torch.tensor(2.0)))
