# fails with: Cannot access data pointer
import torch
torch.set_default_dtype(torch.float64)

x, at = torch.arange(3.0), torch.tensor([1])
_, t = torch.func.jvp(lambda x: torch.tensor_split(x, at), (x,), (x,))
torch.testing.assert_close(t, (x[:1], x[1:]))
