# fails with: view size is not compatible
import torch
torch.set_default_dtype(torch.float64)

x = torch.arange(4.0).reshape(2, 2).t()
y = torch.take_along_dim(x, torch.tensor([1]))
torch.testing.assert_close(y, torch.tensor([2.0]))
