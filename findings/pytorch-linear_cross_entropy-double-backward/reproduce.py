import torch
torch.set_default_dtype(torch.float64)

from torch.nn import LinearCrossEntropyOptions

w, target = torch.tensor([[0.0], [1.0]]), torch.tensor([0])
x = torch.tensor([[0.0]], requires_grad=True)
options = LinearCrossEntropyOptions(batch_chunk_size=1, allow_retain_graph=True)
loss = torch.nn.functional.linear_cross_entropy(x, w, target, options=options)  # log(1 + e^x)
g, = torch.autograd.grad(loss**2 / 2, x, create_graph=True)
h, = torch.autograd.grad(g.sum(), x)
torch.testing.assert_close(h, 0.25 * (1 + torch.log(torch.tensor([[2.0]]))))
