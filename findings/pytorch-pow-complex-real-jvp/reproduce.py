import math
import torch
torch.set_default_dtype(torch.float64)

z = torch.tensor(1j, dtype=torch.complex128)
_, t = torch.func.jvp(lambda p: z ** p, (torch.tensor(2.0),), (torch.tensor(1.0),))  # log(i) i^2
torch.testing.assert_close(t, torch.tensor(-0.5j * math.pi, dtype=torch.complex128))
