import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(-40.0)
y = torch.nn.functional.binary_cross_entropy_with_logits(x, torch.tensor(0.0))  # log(1 + e^x); that of (40, 1) is right
torch.testing.assert_close(y, torch.log1p(torch.exp(x)), rtol=1e-6, atol=0.0)
