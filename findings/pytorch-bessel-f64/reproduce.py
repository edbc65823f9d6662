import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor(5.1)
values = [getattr(torch.special, "bessel_" + name)(x) for name in ("j0", "j1", "y0", "y1")]
right = [-0.14433474706050064, -0.33709720201823127, -0.3216024491248594, 0.1137364419774998]
torch.testing.assert_close(torch.stack(values), torch.tensor(right), rtol=1e-9, atol=0)
