import torch
torch.set_default_dtype(torch.float64)

y = torch.special.airy_ai(torch.tensor(-2.2))
torch.testing.assert_close(y, torch.tensor(0.09614537800766890), rtol=1e-9, atol=0)
