# fails with: smaller than kernel size
import torch
torch.set_default_dtype(torch.float64)

x = torch.ones(1, 1, 1, 1, 1)
y = torch.nn.functional.avg_pool3d(x, (1, 2, 2), 1, (0, 1, 1))  # padded, the window fits
torch.testing.assert_close(y, torch.full((1, 1, 1, 2, 2), 0.25))
