import torch
torch.set_default_dtype(torch.float64)

def f(x):
    return x ** torch.tensor(2.0)


x = torch.tensor(-1.0)
h = torch.func.grad(lambda x: torch.func.jvp(f, (x,), (torch.tensor(1.0),))[1])(x)
torch.testing.assert_close(h, torch.tensor(2.0))
