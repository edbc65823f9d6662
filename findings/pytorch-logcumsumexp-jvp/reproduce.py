import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor([0.0, 40.0])
_, t = torch.func.jvp(lambda x: torch.logcumsumexp(x, 0), (x,), (torch.ones(2),))
torch.testing.assert_close(t, torch.ones(2))  # all are shifted by the same
