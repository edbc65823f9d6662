# fails with: Cannot access data pointer
import torch
torch.set_default_dtype(torch.float64)

theta = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
g = torch.func.grad(lambda t: torch.nn.functional.affine_grid(t, (1, 1, 1, 1), align_corners=False).sum())(theta)
torch.testing.assert_close(g, torch.tensor([[[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]]))
