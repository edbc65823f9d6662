import torch
torch.set_default_dtype(torch.float64)

def twice(f, t):
    """The second derivative of f, by forward mode over forward mode."""
    one = torch.ones(())
    return torch.func.jvp(lambda t: torch.func.jvp(f, (t,), (one,))[1], (t,), (one,))[1]



def f(t):
    return torch.cumprod(torch.stack([t, t + 1, t + 2]), 0)[2]  # t^3 + 3 t^2 + 2 t


torch.testing.assert_close(twice(f, torch.tensor(0.0)), torch.tensor(6.0))
