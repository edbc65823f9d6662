import torch
torch.set_default_dtype(torch.float64)

def f(x):
    return torch.cdist(x, torch.zeros(1, 2)).sum()  # |x|


h = torch.func.jacrev(torch.func.grad(f))(torch.tensor([[3.0, 4.0]]))
right = torch.tensor([[16.0, -12.0], [-12.0, 9.0]]) / 125
torch.testing.assert_close(h.reshape(2, 2), right)
