import torch
from torch.distributions import Kumaraswamy
torch.set_default_dtype(torch.float64)

mode = Kumaraswamy(torch.tensor(2.0), torch.tensor(2.0)).mode  # of 4 x (1 - x^2)
torch.testing.assert_close(mode, torch.tensor(1 / 3).sqrt())
