# fails with: view size is not compatible
import torch
torch.set_default_dtype(torch.float64)

a = torch.zeros(2, 3, 2, 2).permute(1, 0, 2, 3)  # a batch that is no plain view
y = torch.linalg.matrix_exp(a)
torch.testing.assert_close(y, torch.eye(2).expand(3, 2, 2, 2))
