# fails with: view size is not compatible
import torch
torch.set_default_dtype(torch.float64)

a, b = torch.ones(2, 2), torch.arange(4.0).reshape(2, 2).t()
torch.testing.assert_close(torch.kron(a, b), torch.kron(a, b.contiguous()))
