import torch
torch.set_default_dtype(torch.float64)

def twice(f, t):
    """The second derivative of f, by forward mode over forward mode."""
    one = torch.ones(())
    return torch.func.jvp(lambda t: torch.func.jvp(f, (t,), (one,))[1], (t,), (one,))[1]



def f(t):
    a = torch.stack([torch.ones(()), t]).reshape(2, 1)
    return torch.linalg.householder_product(a, (2 / (1 + t * t)).reshape(1))[1, 0]  # -2 t / (1 + t^2)


torch.testing.assert_close(twice(f, torch.tensor(1.0)), torch.tensor(1.0))  # 4 t (3 - t^2) / (1 + t^2)^3
