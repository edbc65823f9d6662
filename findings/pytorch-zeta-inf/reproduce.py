import torch
torch.set_default_dtype(torch.float64)

y = torch.special.zeta(torch.tensor(2.0), torch.tensor(torch.inf))  # the sum of (x + k)^-2, about 1 / x
torch.testing.assert_close(y, torch.tensor(0.0))
