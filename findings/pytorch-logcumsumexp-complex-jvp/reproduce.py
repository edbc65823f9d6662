import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor([710.0 + 0j, 710.0])
y, t = torch.func.jvp(lambda x: torch.logcumsumexp(x, 0), (x,), (torch.ones_like(x),))
assert torch.isfinite(y.abs()).all()
torch.testing.assert_close(t, torch.ones_like(x))  # all are shifted by the same
