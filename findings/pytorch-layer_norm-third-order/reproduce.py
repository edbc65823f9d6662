import torch
torch.set_default_dtype(torch.float64)

def f(t):
    return torch.nn.functional.layer_norm(torch.stack([t, torch.zeros(())]), (2,), eps=0.25)[0]  # t / sqrt(1 + t^2)


t = torch.tensor(1.0, requires_grad=True)
y = f(t)
for _ in range(3):
    y, = torch.autograd.grad(y, t, create_graph=True)
torch.testing.assert_close(y.detach(), torch.tensor(9 / 2**3.5))  # (12 t^2 - 3) / (1 + t^2)^(7/2)
