import torch
torch.set_default_dtype(torch.float64)

one = torch.ones(1, 1)


def f(q):
    return torch.nn.functional.scaled_dot_product_attention(q, one, one, torch.tensor([[False]])).sum()


assert f(one) == 0  # and for all q
second = torch.func.grad(lambda q: torch.func.jvp(f, (q,), (one,))[1])(one)
torch.testing.assert_close(second, torch.zeros(1, 1))
