import torch

x = torch.tensor([[[[0.0, 1.0], [2.0, 4.0]], [[0.0, 1.0], [3.0, 9.0]]]], requires_grad=True)  # f32 only
y = torch.nn.functional.instance_norm(x)
w = torch.arange(8.0).reshape(1, 2, 2, 2) ** 2
g, = torch.autograd.grad(y, x, w, retain_graph=True)
h, = torch.autograd.grad(y, x, w.contiguous(memory_format=torch.channels_last))  # the same numbers
torch.testing.assert_close(h, g)
