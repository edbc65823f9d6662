import torch
torch.set_default_dtype(torch.float64)

x = torch.tensor([0.0, 1.0, 2.0, 3.0]).reshape(1, 1, 4, 1)
y = torch.nn.functional.interpolate(x, size=(2, 1), mode="bilinear", antialias=True)  # a triangle of weights 1 3 3 : 5/7
torch.testing.assert_close(y.flatten(), torch.tensor([5 / 7, 16 / 7]))
