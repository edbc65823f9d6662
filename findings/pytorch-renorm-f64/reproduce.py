import torch
torch.set_default_dtype(torch.float64)

y = torch.renorm(torch.tensor([[3.0, 4.0]]), 2, 0, 0.5)
torch.testing.assert_close(y, torch.tensor([[0.3, 0.4]]), rtol=1e-12, atol=0)
