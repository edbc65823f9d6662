import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor([[1.0, 2.0, 4.0], [3.0, 7.0, 5.0]], requires_grad=True)
weight = torch.stack([torch.tensor([1.0, 2.0, 3.0]), torch.zeros(3)], 1)[:, 0]  # stride 2
ct = torch.tensor([[1.0, -2.0, 0.5], [0.3, 0.7, -1.0]])


def gradient(weight):
    y = torch.nn.functional.batch_norm(x, None, None, weight, torch.zeros(3), True, 0.1, 1.0)
    return torch.autograd.grad(y, x, ct)[0]


torch.testing.assert_close(gradient(weight), gradient(weight.contiguous()))
