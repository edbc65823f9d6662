import torch
torch.set_default_dtype(torch.float64)

h = torch.autograd.functional.hessian(torch.linalg.det, torch.zeros(2, 2)).reshape(4, 4)  # of a d - b c
right = torch.tensor([[0.0, 0, 0, 1], [0, 0, -1, 0], [0, -1, 0, 0], [1, 0, 0, 0]])
torch.testing.assert_close(h, right)
