"""tinygrad behind the protocol. Without DEV in the environment its kernels run in Python; numbers without axes it computes
by programs in C all the same. Without PARALLEL they are compiled here: processes that compile take a second to start, and are
new ones after sixteen programs."""

import math
import os
import shutil
import sys

os.environ.setdefault("DEV", "PYTHON")
os.environ.setdefault("PARALLEL", "0")

from importlib.metadata import version

import numpy as np
from attributes import (axes_of, axis_of, expanded_axes, forward, per_axis, permutation, slices, some_axes, windows)
from secant_engine import Compiled, Unsupported, main, table
from tinygrad import Tensor, TinyJit, dtypes
from tinygrad.engine.jit import JitError

OPS = table(
    "x",
    neg=(Tensor.neg, lambda x: -x, lambda x: 0.0 - x),
    abs=Tensor.abs,
    sign=Tensor.sign,
    square=(Tensor.square, lambda x: x**2, lambda x: x * x),
    cube=(lambda x: x**3, lambda x: x * x * x),
    recip=(Tensor.reciprocal, lambda x: 1.0 / x, lambda x: x**-1),
    sqrt=(Tensor.sqrt, lambda x: x**0.5),
    rsqrt=(Tensor.rsqrt, lambda x: x**-0.5),
    exp=Tensor.exp,
    exp2=(Tensor.exp2, lambda x: 2.0**x),
    exp10=lambda x: 10.0**x,
    log=Tensor.log, log2=Tensor.log2, log10=Tensor.log10,
    sin=Tensor.sin, cos=Tensor.cos, tan=Tensor.tan, asin=Tensor.asin, acos=Tensor.acos, atan=Tensor.atan,
    sinh=Tensor.sinh, cosh=Tensor.cosh, tanh=Tensor.tanh, asinh=Tensor.asinh, acosh=Tensor.acosh, atanh=Tensor.atanh,
    sigmoid=Tensor.sigmoid,
    log_sigmoid=Tensor.logsigmoid,
    softplus=Tensor.softplus,
    softsign=Tensor.softsign,
    relu=(Tensor.relu, lambda x: x.maximum(0.0)),
    relu6=Tensor.relu6,
    selu=Tensor.selu,
    gelu=lambda x: x.gelu("none"),
    gelu_tanh=Tensor.gelu,
    silu=(Tensor.silu, Tensor.swish),
    mish=Tensor.mish,
    hard_tanh=Tensor.hardtanh,
    hard_sigmoid=Tensor.hardsigmoid,
    hard_swish=Tensor.hardswish,
    erf=Tensor.erf,
    floor=Tensor.floor, ceil=Tensor.ceil, round=Tensor.round, trunc=Tensor.trunc,
    stop_gradient=Tensor.detach,
) | table(
    "x z",
    add=(Tensor.add, lambda x, z: x + z),
    sub=(Tensor.sub, lambda x, z: x - z),
    mul=(Tensor.mul, lambda x, z: x * z),
    div=(Tensor.div, lambda x, z: x / z),
    pow=(Tensor.pow, lambda x, z: x**z),
    logaddexp=Tensor.logaddexp,
    max=Tensor.maximum,
    min=Tensor.minimum,
    copysign=Tensor.copysign,
    fmod=Tensor.fmod,
    remainder=(Tensor.mod, lambda x, z: x % z),
    gt=lambda x, z: x > z, ge=lambda x, z: x >= z, lt=lambda x, z: x < z, le=lambda x, z: x <= z,
    eq=lambda x, z: x == z, ne=lambda x, z: x != z,
) | table(
    "a b",
    matmul=(Tensor.matmul, lambda a, b: a @ b),
    dot=Tensor.dot,
) | table(
    "a",
    svdvals=lambda a: a.svd(full_matrices=False)[1],
    qr_q=lambda a: signed_qr(a)[0],
    qr_r=lambda a: signed_qr(a)[1],
) | table("c a b", where=lambda c, a, b: (c != 0).where(a, b)) | table(
    "a b c", fma=lambda a, b, c: a * b + c) | table("a b t", lerp=(Tensor.lerp, lambda a, b, t: a + t * (b - a)))

NUMBERS = table(
    "x z",
    add=lambda x, z: x + z,
    sub=lambda x, z: x - z,
    mul=lambda x, z: x * z,
    div=lambda x, z: x / z,
    pow=lambda x, z: x**z,
    max=lambda x, z: x.maximum(z) if isinstance(x, Tensor) else z.maximum(x),
    min=lambda x, z: x.minimum(z) if isinstance(x, Tensor) else z.minimum(x),
    gt=lambda x, z: x > z, ge=lambda x, z: x >= z, lt=lambda x, z: x < z, le=lambda x, z: x <= z,
)


def spelling(function):
    """Adds a spelling of the operation that the function is named after, up to a double underscore."""
    name = function.__name__.split("__")[0].rstrip("_")
    OPS[name] = OPS.get(name, ()) + (function,)
    return function


def signed_qr(a):
    q, r = a.qr()
    count = min(a.shape[-2:])
    q, r = q[..., :count], r[..., :count, :]
    sign = (r.detach().diagonal(dim1=-2, dim2=-1) < 0).where(-1.0, 1.0).cast(a.dtype)
    return q * sign.unsqueeze(-2), r * sign.unsqueeze(-1)


# Pointwise, with attributes


@spelling
def leaky_relu(x, *, slope=0.01):
    return x.leaky_relu(slope)


@spelling
def elu(x, *, alpha=1):
    return x.elu(alpha)


@spelling
def celu(x, *, alpha=1):
    return x.celu(alpha)


@spelling
def powc(x, *, exponent):
    return x ** float(exponent)


@spelling
def powi(x, *, n):
    return x**n


@spelling
def powi__method(x, *, n):
    return x.pow(float(n))


@spelling
def clamp(x, *, lo, hi):
    return x.clamp(lo, hi)


@spelling
def clamp__two(x, *, lo, hi):
    return x.maximum(lo).minimum(hi)


# Reductions and scans


def reduction(name, own):
    def reduce(x, *, axes=None, keepdims=False):
        axes = axes_of(axes, x.ndim)
        axis = axes[0] if len(axes) == 1 else axes
        return own(x, axis=axis, keepdim=keepdims) if axes or not x.ndim else x

    reduce.__name__ = name
    OPS[name] = (reduce,)


for name, own in {"sum": Tensor.sum, "mean": Tensor.mean, "prod": Tensor.prod, "max_reduce": Tensor.max,
                  "min_reduce": Tensor.min, "logsumexp": Tensor.logsumexp}.items():
    reduction(name, own)


@spelling
def var(x, *, axes=None, ddof=0, keepdims=False):
    return x.var(some_axes(axes, x.ndim), keepdims, ddof)


@spelling
def std(x, *, axes=None, ddof=0, keepdims=False):
    return x.std(some_axes(axes, x.ndim), keepdims, ddof)


@spelling
def argmax(x, *, axis):
    return x.argmax(axis)


@spelling
def argmin(x, *, axis):
    return x.argmin(axis)


def scan(name, own):
    def scanned(x, *, axis, reverse=False):
        axis = axis_of(axis, x.ndim)
        return own(x.flip(axis), axis).flip(axis) if reverse else own(x, axis)

    scanned.__name__ = name
    OPS[name] = (scanned,)


scan("cummax", lambda x, axis: x.cummax(axis)[0])
scan("cummin", lambda x, axis: x.cummin(axis)[0])
scan("cumlogsumexp", Tensor.logcumsumexp)


def sum_or_product(name, own, first):
    def scanned(x, *, axis, reverse=False, exclusive=False):
        axis = axis_of(axis, x.ndim)
        y = x.flip(axis) if reverse else x
        y = own(y, axis)
        if exclusive and x.shape[axis]:
            kept = tuple(slice(0, n - 1) if a == axis else slice(None) for a, n in enumerate(x.shape))
            y = y[kept].pad(tuple((1, 0) if a == axis else (0, 0) for a in range(x.ndim)), value=first)
        return y.flip(axis) if reverse else y

    scanned.__name__ = name
    OPS[name] = (scanned,)


sum_or_product("cumsum", Tensor.cumsum, 0.0)
sum_or_product("cumprod", Tensor.cumprod, 1.0)


# Layout


@spelling
def reshape(x, *, shape):
    return x.reshape(shape)


@spelling
def transpose(x, *, perm=None):
    return x.permute(permutation(perm, x.ndim)) if x.ndim else x


@spelling
def broadcast_to(x, *, shape):
    return x.expand(shape)


@spelling
def squeeze(x, *, axes):
    for axis in reversed(axes_of(axes, x.ndim)):
        x = x.squeeze(axis)
    return x


@spelling
def unsqueeze(x, *, axes):
    for axis in expanded_axes(axes, x.ndim):
        x = x.unsqueeze(axis)
    return x


@spelling
def slice_(x, *, start=None, stop=None, step=None):
    return x[slices(x.shape, start, stop, step)] if x.ndim else x


@spelling
def slice__flipped(x, *, start=None, stop=None, step=None):
    places = slices(x.shape, start, stop, step)
    back = tuple(axis for axis, s in enumerate(places) if s.step is not None and s.step < 0)
    places = tuple(forward(s, n) if axis in back else s for axis, (s, n) in enumerate(zip(places, x.shape)))
    x = x.flip(back) if back else x
    return x[places] if x.ndim else x


@spelling
def flip(x, *, axes):
    axes = axes_of(axes, x.ndim)
    return x.flip(axes) if axes else x


@spelling
def roll(x, *, shift, axis):
    return x.roll(shift, axis)


@spelling
def pad(x, *, pads, mode="constant", value=0):
    if not pads or mode == "constant":
        return x.pad(pads, value=value) if pads else x
    return x.pad(pads, {"edge": "replicate", "wrap": "circular"}.get(mode, mode))


@spelling
def concat(*xs, axis):
    return xs[0].cat(*xs[1:], dim=axis)


@spelling
def stack(*xs, axis):
    return xs[0].stack(*xs[1:], dim=axis)


@spelling
def tile(x, *, reps):
    return x.repeat((1,) * (x.ndim - len(reps)) + reps)


@spelling
def repeat(x, *, repeats, axis):
    return x.repeat_interleave(repeats, axis)


@spelling
def diag(x, *, k=0):
    if x.ndim == 1 and k:
        raise Unsupported("diag beside the main diagonal")
    return x.diag() if x.ndim == 1 else x.diagonal(k)


@spelling
def diagonal(x, *, offset=0):
    return x.diagonal(offset, -2, -1)


@spelling
def trace(x, *, offset=0):
    return x.diagonal(offset, -2, -1).sum(-1)


@spelling
def tril(x, *, k=0):
    return x.tril(k)


@spelling
def triu(x, *, k=0):
    return x.triu(k)


# Indexing and sorting


def within(index, n):
    """Indices counted from the front."""
    return (index < 0).where(index + n, index)


@spelling
def take(x, index, *, axis):
    return x[(slice(None),) * axis_of(axis, x.ndim) + (index,)]


@spelling
def take_along_axis(x, index, *, axis):
    axis = axis_of(axis, x.ndim)
    rest = np.broadcast_shapes(*(tuple(1 if a == axis else n for a, n in enumerate(t.shape)) for t in (x, index)))
    x, index = (t.expand(rest[:axis] + (t.shape[axis],) + rest[axis + 1 :]) for t in (x, index))
    return x.gather(axis, within(index, x.shape[axis]))


@spelling
def scatter_add_along_axis(x, index, src, *, axis):
    return x.scatter_reduce(axis, within(index, x.shape[axis]).expand(src.shape), src, "sum")


@spelling
def scatter_add_along_axis__scatter(x, index, src, *, axis):
    return x.scatter(axis, within(index, x.shape[axis]).expand(src.shape), src, "add")


@spelling
def scatter_along_axis(x, index, src, *, axis):
    return x.scatter(axis, within(index, x.shape[axis]).expand(src.shape), src)


@spelling
def segment_sum(x, index, *, num_segments):
    places = within(index, num_segments).reshape((-1,) + (1,) * (x.ndim - 1)).expand(x.shape)
    return Tensor.zeros(num_segments, *x.shape[1:], dtype=x.dtype).scatter_reduce(0, places, x, "sum")


@spelling
def segment_max(x, index, *, num_segments):
    places = within(index, num_segments).reshape((-1,) + (1,) * (x.ndim - 1)).expand(x.shape)
    return Tensor.full((num_segments, *x.shape[1:]), -math.inf, dtype=x.dtype).scatter_reduce(0, places, x, "amax")


@spelling
def one_hot(index, *, n):
    return within(index, n).one_hot(n)


@spelling
def embedding(table, index):
    return table[index]


@spelling
def sort(x, *, axis=-1, descending=False):
    return x.sort(axis, descending)[0]


@spelling
def argsort(x, *, axis=-1, descending=False):
    return x.argsort(axis, descending)


@spelling
def top_k(x, *, k, axis=-1, largest=True):
    return x.topk(k, axis, largest)[0]


# Products


@spelling
def einsum(*xs, equation):
    return Tensor.einsum(equation, *xs)


@spelling
def outer(a, b):
    return Tensor.einsum("i,j->ij", a.reshape(-1), b.reshape(-1))


# Neural


@spelling
def softmax(x, *, axis):
    return x.softmax(axis)


@spelling
def log_softmax(x, *, axis):
    return x.log_softmax(axis)


@spelling
def cross_entropy(logits, labels, *, reduction="mean"):
    return logits.cross_entropy(within(labels, logits.shape[1 if logits.ndim > 1 else 0]), reduction)


@spelling
def cross_entropy__nll(logits, labels, *, reduction="mean"):
    axis = 1 if logits.ndim > 1 else 0
    return logits.log_softmax(axis).nll_loss(within(labels, logits.shape[axis]), reduction=reduction)


@spelling
def layer_norm(x, weight, bias, *, axis=-1, eps=1e-5):
    axes = tuple(range(axis_of(axis, x.ndim), x.ndim))
    return x.layernorm(axes, eps) * weight + bias


@spelling
def attention(q, k, v, *, causal=False):
    return q.scaled_dot_product_attention(k, v, is_causal=causal)


def convolution(count):
    def conv(x, w, *, stride=1, padding=0, dilation=1, groups=1):
        return x.conv2d(w, None, groups, per_axis(stride, count), per_axis(dilation, count), per_axis(padding, count))

    return conv


def transposed_convolution(count):
    def conv(x, w, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
        stride, dilation, padding, output_padding = (
            per_axis(value, count) for value in (stride, dilation, padding, output_padding))
        return x.conv_transpose2d(w, None, groups, stride, dilation, padding, output_padding)

    return conv


def max_pool(x, *, kernel, stride=None, padding=0):
    kernel, stride, padding = windows(x, kernel, stride, padding)
    return x.max_pool2d(kernel, stride, 1, padding)


def avg_pool(x, *, kernel, stride=None, padding=0, count_include_pad=True):
    kernel, stride, padding = windows(x, kernel, stride, padding)
    return x.avg_pool2d(kernel, stride, 1, padding, False, count_include_pad)


for dimensions in (1, 2, 3):
    OPS[f"conv{dimensions}d"] = (convolution(dimensions),)
    OPS[f"conv_transpose{dimensions}d"] = (transposed_convolution(dimensions),)
    OPS[f"max_pool{dimensions}d"] = (max_pool,)
    OPS[f"avg_pool{dimensions}d"] = (avg_pool,)


def scaled(x, scale):
    return tuple(n * s for n, s in zip(x.shape[2:], per_axis(scale, x.ndim - 2)))


@spelling
def upsample_nearest(x, *, scale):
    return x.interpolate(scaled(x, scale), "nearest")


@spelling
def upsample_bilinear(x, *, scale, align_corners=False):
    return x.interpolate(scaled(x, scale), "linear", align_corners)


# Views: the same numbers, laid out otherwise


def transposed(x):
    return x.transpose(0, -1).contiguous().transpose(0, -1) if x.ndim > 1 else x.contiguous()


def narrowed(x):
    return x.cat(x).shrink(((x.shape[0], 2 * x.shape[0]),) + tuple((0, n) for n in x.shape[1:])) if x.ndim else x


def stepped(x):
    return x.stack(x, dim=-1)[..., 1]


def expanded(x):
    return x.unsqueeze(0).expand(2, *x.shape)[1]


class Tinygrad(Compiled):
    name, version = "tinygrad", version("tinygrad")
    modes = ("gradient", "hvp")
    ops, numbers = OPS, NUMBERS
    views = (transposed, narrowed, stepped, expanded)
    refusals = ("is not supported", "not implemented", "kernel size cannot be greater than actual input size",
                "should be less than the input size")

    def tensor(self, array):
        return Tensor(array)

    def integers(self, x):
        return x.detach().cast(dtypes.int32) if isinstance(x, Tensor) else Tensor(x.astype(np.int32))

    def floats(self, x, dtype):
        return x if x.is_floating_point() else x.detach().cast(dtypes.float32 if dtype is np.float32 else dtypes.float64)

    def array(self, x):
        return x.numpy()

    def compile(self, function):
        return Replayed(function)

    def values(self, program, params):
        return self.compiled(program, "value", program)(params)

    def gradient(self, program, params, cotangents):
        return self.compiled(program, "gradient", lambda params: pulled_back(program, params, cotangents))(params)

    def hvp(self, program, params, cotangents, direction):
        def along(params, direction):
            gradients = pulled_back(program, params, cotangents)[1]
            return pulled_back(lambda _: gradients, params, lambda _: direction)[1]

        return self.compiled(program, "hvp", along)(params, direction)


def pulled_back(program, params, cotangents):
    outputs = program(params)
    totals = [Tensor.zeros(*x.shape, dtype=x.dtype) for x in params]
    for y, ct in zip(outputs, cotangents(outputs)):
        shares = y.gradient(*params, gradient=ct) if params else []
        totals = [total + share for total, share in zip(totals, shares)]
    return outputs, totals


class Replayed:
    """A function of lists of tensors: where it was asked first it is run as it is, elsewhere through TinyJit, which records its
    kernels and replays them. (Numbers without axes are no memory but constants when it is run as it is.)"""

    def __init__(self, function):
        self.function, self.first, self.is_constant = function, None, False
        self.jit = TinyJit(lambda *args: copied(function(*args)))  # which hands out the same tensors every time

    def __call__(self, *args):
        place = [[x.numpy().tobytes() for x in tensors] for tensors in args]
        self.first = self.first or place
        if place != self.first and not self.is_constant:
            try:
                return self.jit(*copied(args))
            except JitError:  # nothing to record: no tensor depends on the arguments
                self.is_constant = True
        return self.function(*args)


def copied(x):
    """Lists of tensors, each with memory of its own: a number without axes has none."""
    return x.clone() if isinstance(x, Tensor) else type(x)(map(copied, x))


if __name__ == "__main__":
    compiler = os.environ.get("CC", "clang")
    if shutil.which(compiler) is None:
        sys.exit(f"tinygrad compiles with {compiler}, which is not there: install clang, or name one by CC")
    main(Tinygrad())
