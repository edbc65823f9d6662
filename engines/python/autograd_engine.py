"""HIPS autograd behind the protocol: autograd.numpy and autograd.scipy. What has no rule there says so when it is asked."""

from importlib.metadata import version

import autograd.numpy as np
import numpy
from attributes import (axes_of, axis_of, expanded_axes, folded, paired, per_axis, slices, solve_operands, some_axes)
from autograd.builtins import tuple as tuple_of
from autograd.core import make_jvp, make_vjp
from autograd.numpy import linalg
from autograd.scipy import linalg as scipy_linalg
from autograd.scipy import signal, special, stats
from autograd.tracer import getval
from secant_engine import Engine, Unsupported, main, table

OPS = table(
    "x",
    neg=(np.negative, lambda x: -x, lambda x: 0.0 - x),
    abs=(np.abs, np.absolute, np.fabs),
    sign=np.sign,
    square=(np.square, lambda x: x**2, lambda x: x * x),
    cube=(lambda x: x**3, lambda x: x * x * x),
    recip=(np.reciprocal, lambda x: 1.0 / x, lambda x: x**-1.0),
    sqrt=(np.sqrt, lambda x: x**0.5),
    rsqrt=(lambda x: x**-0.5, lambda x: 1.0 / np.sqrt(x)),
    cbrt=np.cbrt,
    exp=np.exp,
    exp2=(np.exp2, lambda x: 2.0**x),
    exp10=(lambda x: 10.0**x, lambda x: np.power(10.0, x)),
    expm1=np.expm1,
    log=np.log, log2=np.log2, log10=np.log10, log1p=np.log1p,
    sin=np.sin, cos=np.cos, tan=np.tan, asin=np.arcsin, acos=np.arccos, atan=np.arctan,
    sinh=np.sinh, cosh=np.cosh, tanh=np.tanh, asinh=np.arcsinh, acosh=np.arccosh, atanh=np.arctanh,
    sinc=np.sinc,
    sigmoid=special.expit,
    log_sigmoid=lambda x: -np.logaddexp(0.0, -x),
    logit=special.logit,
    softplus=lambda x: np.logaddexp(x, 0.0),
    relu=lambda x: np.maximum(x, 0.0),
    erf=special.erf, erfc=special.erfc, erfinv=special.erfinv,
    normal_cdf=stats.norm.cdf,
    log_normal_cdf=stats.norm.logcdf,
    lgamma=special.gammaln,
    digamma=(special.digamma, special.psi),
    trigamma=lambda x: special.polygamma(1, x),
    bessel_i0=special.i0,
    bessel_i1=special.i1,
    deg2rad=(np.deg2rad, np.radians),
    floor=np.floor, ceil=np.ceil, round=(np.round, np.rint), trunc=np.trunc,
    stop_gradient=getval,
) | table(
    "x z",
    add=(np.add, lambda x, z: x + z),
    sub=(np.subtract, lambda x, z: x - z),
    mul=(np.multiply, lambda x, z: x * z),
    div=(np.divide, np.true_divide, lambda x, z: x / z),
    pow=(np.power, lambda x, z: x**z),
    atan2=np.arctan2,
    hypot=np.hypot,
    logaddexp=np.logaddexp,
    max=(np.maximum, np.fmax),
    min=(np.minimum, np.fmin),
    copysign=np.copysign,
    fmod=np.fmod,
    remainder=(np.remainder, np.mod, lambda x, z: x % z),
    gt=np.greater, ge=np.greater_equal, lt=np.less, le=np.less_equal, eq=np.equal, ne=np.not_equal,
) | table(
    "a b",
    matmul=(np.matmul, lambda a, b: a @ b),
    dot=(np.dot, np.inner, lambda a, b: np.tensordot(a, b, 1)),
    outer=np.outer,
    inner=np.inner,
    kron=np.kron,
) | table(
    "a",
    inv=linalg.inv,
    det=linalg.det,
    slogdet=lambda a: linalg.slogdet(a)[1],
    svdvals=(lambda a: linalg.svd(a, full_matrices=False)[1], lambda a: linalg.svd(a, compute_uv=False)),
    eigvalsh=lambda a: linalg.eigh(symmetric(a))[0],
    eigh_values=(lambda a: linalg.eigh(symmetric(a))[0], lambda a: linalg.eigh(symmetric(a), "U")[0]),
    eigh_vectors=lambda a: with_signs(linalg.eigh(symmetric(a))[1]),
) | table(
    "c a b",
    where=(lambda c, a, b: np.where(c != 0, a, b), lambda c, a, b: np.where(getval(c).astype(bool), a, b)),
) | table(
    "a b c",
    fma=lambda a, b, c: a * b + c,
) | table(
    "a b t",
    lerp=lambda a, b, t: a + t * (b - a),
)

NUMBERS = {name: OPS[name] for name in "add sub mul div pow atan2 logaddexp max min remainder gt ge lt le eq ne".split()}


def spelling(function):
    """Adds a spelling of the operation that the function is named after, up to a double underscore."""
    name = function.__name__.split("__")[0].rstrip("_")
    OPS[name] = OPS.get(name, ()) + (function,)
    return function


def symmetric(a):
    return (a + np.swapaxes(a, -1, -2)) / 2


def with_signs(v):
    """Columns whose first component of at least 0.6 times the largest is positive."""
    fixed = getval(v)
    while hasattr(fixed, "_value"):
        fixed = getval(fixed)
    size = numpy.abs(fixed)
    if not size.size:
        return v
    leads = numpy.argmax(size >= 0.6 * size.max(-2, keepdims=True), -2, keepdims=True)
    return v * numpy.where(numpy.take_along_axis(fixed, leads, -2) < 0, -1, 1).astype(fixed.dtype)


# Pointwise, with attributes


@spelling
def polygamma(x, *, n):
    return special.polygamma(n, x)


@spelling
def bessel_i(x, *, n):
    return special.iv(n, x)


@spelling
def powc(x, *, exponent):
    return x ** float(exponent)


@spelling
def powc__function(x, *, exponent):
    return np.power(x, exponent)


@spelling
def powi(x, *, n):
    return x ** float(n)


@spelling
def powi__integer(x, *, n):
    return x**n


@spelling
def clamp(x, *, lo, hi):
    return np.clip(x, lo, hi)


@spelling
def clamp__two(x, *, lo, hi):
    return np.minimum(np.maximum(x, lo), hi)


# Reductions


def reduction(name, own):
    def reduce(x, *, axes=None, keepdims=False):
        return own(x, axis=axes, keepdims=keepdims)

    reduce.__name__ = name
    OPS[name] = (reduce,)


for name, own in {"sum": np.sum, "mean": np.mean, "prod": np.prod, "max_reduce": np.max, "min_reduce": np.min,
                  "logsumexp": special.logsumexp}.items():
    reduction(name, own)


@spelling
def max_reduce(x, *, axes=None, keepdims=False):
    return np.amax(x, axes, keepdims=keepdims)


@spelling
def var(x, *, axes=None, ddof=0, keepdims=False):
    return np.var(x, axis=axes, ddof=ddof, keepdims=keepdims)


@spelling
def std(x, *, axes=None, ddof=0, keepdims=False):
    return np.std(x, axis=axes, ddof=ddof, keepdims=keepdims)


def along_folded(x, axes, keepdims, function):
    """A function of the last axis, of several axes as one."""
    order, shape, ones = folded(x.shape, some_axes(axes, x.ndim))
    y = function(np.reshape(np.transpose(x, order), shape))
    return np.reshape(y, ones) if keepdims else y


@spelling
def norm(x, *, ord=2, axes=None, keepdims=False):
    return along_folded(x, axes, keepdims, lambda x: linalg.norm(x, ord, axis=-1))


@spelling
def norm__axis(x, *, ord=2, axes=None, keepdims=False):
    axes = some_axes(axes, x.ndim)
    if len(axes) != 1:
        return norm(x, ord=ord, axes=axes, keepdims=keepdims)
    return linalg.norm(x, None if ord == 2 else ord, axes[0], keepdims=keepdims)


@spelling
def median(x, *, axes=None, keepdims=False):
    return np.median(x, axis=axes, keepdims=keepdims)


@spelling
def argmax(x, *, axis):
    return np.argmax(x, axis)


@spelling
def argmin(x, *, axis):
    return np.argmin(x, axis)


@spelling
def cumsum(x, *, axis, reverse=False, exclusive=False):
    if exclusive:
        raise Unsupported("exclusive cumsum")
    return np.flip(np.cumsum(np.flip(x, axis), axis), axis) if reverse else np.cumsum(x, axis)


@spelling
def cumprod(x, *, axis, reverse=False, exclusive=False):
    if exclusive:
        raise Unsupported("exclusive cumprod")
    return np.flip(np.cumprod(np.flip(x, axis), axis), axis) if reverse else np.cumprod(x, axis)


# Layout


@spelling
def reshape(x, *, shape):
    return np.reshape(x, shape)


@spelling
def reshape__method(x, *, shape):
    return x.reshape(*shape) if shape else x.reshape(shape)


@spelling
def reshape__fortran(x, *, shape):
    """By columns of the transpose."""
    back = np.reshape(np.transpose(x), tuple(reversed(np.zeros(getval(x).shape).reshape(shape).shape)), order="F")
    return np.transpose(back)


@spelling
def transpose(x, *, perm=None):
    return np.transpose(x, perm)


@spelling
def broadcast_to(x, *, shape):
    return np.broadcast_to(x, shape)


@spelling
def squeeze(x, *, axes):
    return np.squeeze(x, axes)


@spelling
def unsqueeze(x, *, axes):
    for axis in expanded_axes(axes, x.ndim):
        x = np.expand_dims(x, axis)
    return x


@spelling
def slice_(x, *, start=None, stop=None, step=None):
    return x[slices(x.shape, start, stop, step)]


@spelling
def flip(x, *, axes):
    axes = axes_of(axes, x.ndim)
    return x[tuple(slice(None, None, -1 if axis in axes else 1) for axis in range(x.ndim))]


@spelling
def flip__named(x, *, axes):
    for axis in axes_of(axes, x.ndim):
        x = {0: np.flipud, 1: np.fliplr}[axis](x) if axis < 2 else np.flip(x, axis)
    return x


@spelling
def roll(x, *, shift, axis):
    return np.roll(x, shift, axis)


@spelling
def pad(x, *, pads, mode="constant", value=0):
    if not pads:
        return x
    return np.pad(x, pads, mode, constant_values=value) if mode == "constant" else np.pad(x, pads, mode)


@spelling
def concat(*xs, axis):
    return np.concatenate(xs, axis)


@spelling
def stack(*xs, axis):
    return np.stack(xs, axis)


@spelling
def tile(x, *, reps):
    return np.tile(x, reps)


@spelling
def repeat(x, *, repeats, axis):
    return np.repeat(x, repeats, axis)


@spelling
def diag(x, *, k=0):
    return np.diag(x, k)


@spelling
def diagonal(x, *, offset=0):
    return np.diagonal(x, offset, -2, -1)


@spelling
def trace(x, *, offset=0):
    return np.trace(x, offset, -2, -1)


@spelling
def tril(x, *, k=0):
    return np.tril(x, k)


@spelling
def triu(x, *, k=0):
    return np.triu(x, k)


@spelling
def take(x, index, *, axis):
    return x[(slice(None),) * axis_of(axis, x.ndim) + (index,)]


@spelling
def embedding(table, index):
    return table[index]


@spelling
def take_along_axis(x, index, *, axis):
    axis = axis_of(axis, x.ndim)
    rest = numpy.broadcast_shapes(*(tuple(1 if a == axis else n for a, n in enumerate(t.shape)) for t in (x, index)))
    shape = rest[:axis] + (index.shape[axis],) + rest[axis + 1 :]
    places = list(numpy.indices(shape, sparse=True))
    places = [numpy.zeros_like(p) if n == 1 else p for p, n in zip(places, x.shape)]
    places[axis] = numpy.broadcast_to(index, shape)
    return x[tuple(places)]


@spelling
def sort(x, *, axis=-1, descending=False):
    return np.flip(np.sort(x, axis), axis) if descending else np.sort(x, axis)


# Products and factorisations


@spelling
def tensordot(a, b, *, axes=2):
    return np.tensordot(a, b, axes)


@spelling
def tensordot__lists(a, b, *, axes=2):
    return np.tensordot(a, b, paired(axes, a.ndim))


@spelling
def einsum(*xs, equation):
    return np.einsum(equation, *xs)


@spelling
def cross(a, b, *, axis=-1):
    shape = numpy.broadcast_shapes(a.shape, b.shape)
    return np.cross(np.broadcast_to(a, shape), np.broadcast_to(b, shape), axis=axis_of(axis, len(shape)))


@spelling
def cholesky(a, *, lower=True):
    factor = linalg.cholesky(symmetric(a))
    return factor if lower else np.swapaxes(factor, -1, -2)


@spelling
def solve(a, b):
    shape, is_vector = solve_operands(a, b)
    x = linalg.solve(a, np.reshape(b, shape))
    return x[..., 0] if is_vector else x


@spelling
def solve__vector(a, b):
    return linalg.solve(a, b) if a.ndim == 2 else solve(a, b)


@spelling
def triangular_solve(a, b, *, lower, transpose=False, unit_diagonal=False):
    if a.ndim > 2 or b.ndim > 2 or unit_diagonal:
        raise Unsupported("triangular_solve of batches, or with a diagonal of ones")
    return scipy_linalg.solve_triangular(a, b, trans="T" if transpose else "N", lower=lower)


@spelling
def pinv(a, *, rcond=1e-15):
    return linalg.pinv(a, rcond)


def convolution(count):
    def conv(x, w, *, stride=1, padding=0, dilation=1, groups=1):
        stride, padding, dilation = (per_axis(value, count) for value in (stride, padding, dilation))
        if {*stride, *dilation, groups} != {1}:
            raise Unsupported("a convolution with stride, dilation or groups")
        x = np.pad(x, [(0, 0), (0, 0)] + [(p, p) for p in padding], "constant")
        axes = list(range(2, 2 + count))
        turned = w[(slice(None), slice(None)) + (slice(None, None, -1),) * count]
        return signal.convolve(x, turned, axes=(axes, axes), dot_axes=([1], [1]), mode="valid")

    return conv


for dimensions in (1, 2, 3):
    OPS[f"conv{dimensions}d"] = (convolution(dimensions),)


# Views: the same numbers, laid out otherwise


def transposed(x):
    return np.swapaxes(np.swapaxes(x, 0, -1) * 1.0, 0, -1) if x.ndim else x * 1.0


def narrowed(x):
    return np.concatenate([x, x])[x.shape[0] :] if x.ndim else np.stack([x, x])[1]


def stepped(x):
    return np.stack([x, x], -1)[..., 1]


def pulled_back(program, params, cotangents):
    pullback, outputs = make_vjp(lambda params: tuple_of(tuple(program(params))), params)
    return outputs, pullback(tuple(cotangents(outputs)))


class Autograd(Engine):
    name, version = "autograd", version("autograd")
    modes = ("gradient", "jvp", "hvp")
    ops, numbers = OPS, NUMBERS
    views = (transposed, narrowed, stepped)
    refusals = ("ingular matrix", "not positive definite", "empty sequence", "zero-size array")
    no_rule = ("not implemented", "Not implemented", "Only constant mode")

    def tensor(self, array):
        return array

    def integers(self, x):
        while hasattr(x, "_value"):
            x = getval(x)
        return x.astype(numpy.int64)

    def floats(self, x, dtype):
        is_float = hasattr(x, "_value") or numpy.issubdtype(numpy.asarray(x).dtype, numpy.floating)
        return x if is_float else numpy.asarray(x).astype(dtype)

    def gradient(self, program, params, cotangents):
        return pulled_back(program, params, cotangents) if params else (program(params), [])

    def jvp(self, program, params, tangents):
        if not params:
            return [numpy.zeros_like(y) for y in program(params)]
        return make_jvp(lambda params: tuple_of(tuple(program(params))), params)(tangents)[1]

    def hvp(self, program, params, cotangents, direction):
        if not params:
            return []
        pullback, _ = make_vjp(lambda params: pulled_back(program, params, cotangents)[1], params)
        return pullback(direction)


if __name__ == "__main__":
    numpy.seterr(all="ignore")
    main(Autograd())
