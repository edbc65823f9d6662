import torch
torch.set_default_dtype(torch.float64)


class Square(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x * x

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_forward(*inputs)

    @staticmethod
    def jvp(ctx, tangent):
        return 2 * ctx.saved_tensors[0] * tangent


def derivative(f):
    return lambda x: torch.func.jvp(f, (x,), (torch.ones(()),))[1]


second = derivative(derivative(Square.apply))(torch.tensor(3.0))
torch.testing.assert_close(second, torch.tensor(2.0))
