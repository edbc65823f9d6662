import torch
torch.set_default_dtype(torch.float64)

x = torch.zeros(2, 1, requires_grad=True)
n = torch.nested.as_nested_tensor([x, torch.zeros(3, 1)], layout=torch.jagged)
y = torch.softmax(n, 1).unbind()[0]  # over the axis of different lengths
g, = torch.autograd.grad(y[0, 0], x)
torch.testing.assert_close(g, torch.tensor([[0.25], [-0.25]]))
