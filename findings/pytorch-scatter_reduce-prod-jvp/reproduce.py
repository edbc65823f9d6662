import torch
torch.set_default_dtype(torch.float64)

def f(x):
    return x.scatter_reduce(0, torch.tensor([0]), torch.tensor([3.0]), "prod")  # 3 x


y, dy = torch.func.jvp(f, (torch.tensor([2.0]),), (torch.tensor([1.0]),))
torch.testing.assert_close(dy, torch.tensor([3.0]))
