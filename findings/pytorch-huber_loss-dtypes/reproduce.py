# fails with: Found dtype Double but expected Float
import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(0.5, dtype=torch.float32, requires_grad=True)
y = torch.nn.functional.huber_loss(x, torch.tensor(0.25))  # (x - 1/4)^2 / 2, in f64; mse_loss is right
g, = torch.autograd.grad(y, x)
torch.testing.assert_close(g, torch.tensor(0.25, dtype=torch.float32))
