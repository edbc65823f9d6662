import torch
torch.set_default_dtype(torch.float64)
inf = float("inf")

z = torch.tensor([[[0.0, 0.0, -inf]]], requires_grad=True)  # the last class is ruled out; the target is class 1
loss = torch.nn.functional.ctc_loss(z.log_softmax(-1), torch.tensor([[1]]), torch.tensor([1]), torch.tensor([1]))
g, = torch.autograd.grad(loss, z)  # softmax(z) - [0, 1, 0]
torch.testing.assert_close(g, torch.tensor([[[0.5, -0.5, 0.0]]]))
