import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(713.0)
y = torch.special.i0(x)  # 6.7e307, below the largest f64
torch.testing.assert_close(y / 1e300, torch.special.i0e(x) * torch.exp(x - 700) * (torch.exp(torch.tensor(700.0)) / 1e300))
