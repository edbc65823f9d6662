# fails with: the input matrix is singular
import torch
torch.set_default_dtype(torch.float64)

a = torch.tensor([[1.0, 2.0], [2.0, 4.0]])
y, dy = torch.func.jvp(torch.linalg.det, (a,), (torch.ones(2, 2),))  # the gradient is there: the cofactors
torch.testing.assert_close(dy, torch.tensor(4.0 - 2.0 - 2.0 + 1.0))
