import torch
from torch.distributions import Weibull
torch.set_default_dtype(torch.float64)

mode = Weibull(torch.tensor(2.0), torch.tensor(0.2)).mode  # the density falls from 0 on, as that of Gamma does, whose mode is 0
torch.testing.assert_close(mode, torch.tensor(0.0))
