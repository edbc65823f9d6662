import torch
torch.set_default_dtype(torch.float64)

def hessian(f):
    return torch.autograd.functional.hessian(f, torch.tensor([[1.0, 2.0]])).reshape(2, 2)


one = torch.ones(1, 1)
torch.testing.assert_close(hessian(lambda v: torch._weight_norm(v, one)[0, 0]),  # what nn.utils.weight_norm calls
                           hessian(lambda v: (v / v.norm())[0, 0]))
