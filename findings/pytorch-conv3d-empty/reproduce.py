import torch
torch.set_default_dtype(torch.float64)

y = torch.nn.functional.conv3d(torch.ones(0, 0, 1, 1, 1), torch.ones(1, 0, 1, 1, 1))
assert y.shape == (0, 1, 1, 1, 1), y.shape
