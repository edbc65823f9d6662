import torch
torch.set_default_dtype(torch.float64)

def twice(f, t):
    """The second derivative of f, by forward mode over forward mode."""
    one = torch.ones(())
    return torch.func.jvp(lambda t: torch.func.jvp(f, (t,), (one,))[1], (t,), (one,))[1]



def f(t):
    one = torch.ones(())
    return torch.linalg.det(torch.stack([t + 2, one, one, 2 * t + 3]).reshape(2, 2))  # 2 t^2 + 7 t + 5


torch.testing.assert_close(twice(f, torch.tensor(0.5)), torch.tensor(4.0))
