import torch

x = torch.full((8,), float("inf"))
torch.testing.assert_close(torch.nn.functional.gelu(x), x)
