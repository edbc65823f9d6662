import torch
torch.set_default_dtype(torch.float64)

def f(t):
    a = torch.stack([torch.ones(()), t, t, -torch.ones(())]).reshape(2, 2)
    return torch.linalg.eigh(a)[1][0, 0] ** 2  # (1 - 1 / sqrt(1 + t^2)) / 2


def slope(t):
    return torch.func.jvp(f, (t,), (torch.ones(()),))[1]


second = torch.func.grad(slope)(torch.tensor(1.0))
torch.testing.assert_close(second, torch.tensor((1 - 2) / 2**2.5 / 2))  # (1 - 2 t^2) / (2 (1 + t^2)^(5/2))
