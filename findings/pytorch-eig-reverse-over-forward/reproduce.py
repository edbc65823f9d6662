import torch
torch.set_default_dtype(torch.float64)

def f(a):
    m = torch.stack([torch.stack([a * 0 + 1, a]), torch.tensor([0.0, 2.0])])
    return torch.linalg.eig(m)[1].abs()[0, 1]  # the second vector is [a, 1] / sqrt(1 + a^2)


a = torch.tensor(1.0)
h = torch.func.grad(lambda a: torch.func.jvp(f, (a,), (torch.tensor(1.0),))[1])(a)
torch.testing.assert_close(h, torch.tensor(-3 / 2**2.5))  # -3 a / (1 + a^2)^(5/2)
