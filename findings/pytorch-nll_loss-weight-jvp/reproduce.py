import torch
torch.set_default_dtype(torch.float64)

x, target = torch.tensor([[-1.0, -2.0]]), torch.tensor([0])
f = lambda w: torch.nn.functional.nll_loss(x, target, w, reduction="sum")  # w0
_, t = torch.func.jvp(f, (torch.ones(2),), (torch.ones(2),))  # backward refuses it
torch.testing.assert_close(t, torch.tensor(1.0))
