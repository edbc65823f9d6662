import torch

z = torch.tensor(0j)
torch.testing.assert_close(torch.pow(z, z), torch.tensor(1 + 0j))  # as z ** 0 is
