# fails with: INTERNAL ASSERT FAILED
import torch
torch.set_default_dtype(torch.float64)

eye = torch.eye(2) + 0j
lu, pivots = torch.linalg.lu_factor(2 * eye)


def grad(lu):
    f = lambda lu: torch.linalg.lu_solve(lu, pivots, eye, left=False)  # 1 / lu on the diagonal
    return torch.func.vjp(f, lu)[1](eye)[0]


_, second = torch.func.jvp(grad, (lu,), (eye,))
torch.testing.assert_close(second, 2 / 2**3 * eye)
