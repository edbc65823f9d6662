# fails with: ZeroTensors are immutable
import torch
torch.set_default_dtype(torch.float64)

def f(x):
    return torch.nn.functional.mse_loss(x, torch.tensor([0.0]))  # x^2


x = torch.tensor([3.0])
_, h = torch.func.jvp(torch.func.grad(f), (x,), (torch.tensor([1.0]),))
torch.testing.assert_close(h, torch.tensor([2.0]))
