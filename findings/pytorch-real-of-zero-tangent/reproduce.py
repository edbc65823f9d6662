# fails with: INTERNAL ASSERT FAILED
import torch
torch.set_default_dtype(torch.float64)

one = torch.tensor(1.0 + 0j)


def slope(z):
    return torch.func.jvp(lambda z: 2 * z, (z,), (one,))[1].real


_, second = torch.func.jvp(slope, (one,), (one,))
torch.testing.assert_close(second, torch.tensor(0.0))
