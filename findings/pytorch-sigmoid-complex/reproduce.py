import torch
torch.set_default_dtype(torch.float64)

z = torch.tensor(-800 + 1j)
torch.testing.assert_close(torch.sigmoid(z), torch.tensor(0j))  # e^z / (1 + e^z), and tanh(z / 2) is -1
