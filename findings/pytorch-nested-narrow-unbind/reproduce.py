import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
n = torch.nested.narrow(x, 1, torch.tensor([0, 1]), torch.tensor([2, 1]), layout=torch.jagged)
torch.testing.assert_close(n.unbind()[0], torch.tensor([1.0, 2.0]))  # the first row
