# fails with: SymIntArrayRef expected to contain only concrete integers
import torch
torch.set_default_dtype(torch.float64)

x = torch.ones(2, 3, requires_grad=True)
n = torch.nested.as_nested_tensor([x, torch.ones(1, 3)], layout=torch.jagged)
left = n.split(2, -1)[0]
g, = torch.autograd.grad(left.values().sum(), x)
torch.testing.assert_close(g, torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0]]))
