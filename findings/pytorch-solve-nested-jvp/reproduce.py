import torch
torch.set_default_dtype(torch.float64)

def twice(f, t):
    """The second derivative of f, by forward mode over forward mode."""
    one = torch.ones(())
    return torch.func.jvp(lambda t: torch.func.jvp(f, (t,), (one,))[1], (t,), (one,))[1]



def f(t):
    zero, one = torch.zeros(()), torch.ones(())
    a = torch.stack([t, one, zero, t]).reshape(2, 2)
    return torch.linalg.solve(a, torch.ones(2, 1), left=LEFT)[0, 0] if LEFT else torch.linalg.solve(a, torch.ones(1, 2), left=False)[0, 1]


for LEFT in (True, False):  # 1/t - 1/t^2
    torch.testing.assert_close(twice(f, torch.tensor(1.0)), torch.tensor(2.0 - 6.0), msg=lambda m: f"left={LEFT}: {m}")
