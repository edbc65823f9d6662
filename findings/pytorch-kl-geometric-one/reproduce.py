import torch
from torch.distributions import Geometric, kl_divergence
torch.set_default_dtype(torch.float64)

p = Geometric(torch.tensor(1.0))
torch.testing.assert_close(kl_divergence(p, p), torch.tensor(0.0))
