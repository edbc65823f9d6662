import torch
import torch.autograd.forward_ad as forward
from torch.nn import LinearCrossEntropyOptions
torch.set_default_dtype(torch.float64)

w, target = torch.tensor([[0.0], [1.0]]), torch.tensor([0])
with forward.dual_level():
    x = forward.make_dual(torch.tensor([[0.0]]), torch.tensor([[1.0]]))
    options = LinearCrossEntropyOptions(batch_chunk_size=1)
    loss = torch.nn.functional.linear_cross_entropy(x, w, target, options=options)  # log(1 + e^x)
    t = forward.unpack_dual(loss).tangent
torch.testing.assert_close(torch.tensor(0.0) if t is None else t, torch.tensor(0.5))
