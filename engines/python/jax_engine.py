"""JAX behind the protocol: jax.numpy, jax.lax, jax.nn and jax.scipy in their several spellings."""

import math

import jax
import jax.numpy as jnp
import jax.scipy.linalg as scipy_linalg
import numpy as np
from attributes import (axes_of, axis_of, expanded_axes, folded, paired, per_axis, permutation, slices, solve_operands,
                        windows)
from jax import lax, nn
from jax.scipy import special
from secant_engine import Compiled, Unsupported, main, table

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_disable_most_optimizations", True)  # a program runs once: nearly all of the time is compilation

OPS = table(
    "x",
    neg=(jnp.negative, lambda x: -x, lax.neg),
    abs=(jnp.abs, lax.abs),
    sign=(jnp.sign, lax.sign),
    square=(jnp.square, lambda x: x**2, lax.square, lambda x: x * x),
    cube=(lambda x: x**3, lambda x: x * x * x),
    recip=(jnp.reciprocal, lambda x: 1.0 / x, lambda x: x**-1),
    sqrt=(jnp.sqrt, lax.sqrt, lambda x: x**0.5),
    rsqrt=(lax.rsqrt, lambda x: 1 / jnp.sqrt(x)),
    cbrt=(jnp.cbrt, lax.cbrt),
    exp=(jnp.exp, lax.exp),
    exp2=(jnp.exp2, lax.exp2, lambda x: 2.0**x),
    exp10=(lambda x: 10.0**x, lambda x: jnp.power(10, x)),
    expm1=jnp.expm1,
    log=jnp.log, log2=jnp.log2, log10=jnp.log10, log1p=jnp.log1p,
    sin=jnp.sin, cos=jnp.cos, tan=jnp.tan, asin=jnp.arcsin, acos=jnp.arccos, atan=jnp.arctan,
    sinh=jnp.sinh, cosh=jnp.cosh, tanh=(jnp.tanh, nn.tanh), asinh=jnp.arcsinh, acosh=jnp.arccosh, atanh=jnp.arctanh,
    sinc=jnp.sinc,
    sigmoid=(nn.sigmoid, special.expit, lax.logistic),
    log_sigmoid=nn.log_sigmoid,
    logit=special.logit,
    softplus=(nn.softplus, lambda x: jnp.logaddexp(x, 0.0)),
    softsign=nn.soft_sign,
    relu=(nn.relu, lambda x: jnp.maximum(x, 0.0)),
    relu6=nn.relu6,
    selu=nn.selu,
    gelu=lambda x: nn.gelu(x, approximate=False),
    gelu_tanh=nn.gelu,
    silu=(nn.silu, nn.swish),
    mish=nn.mish,
    hard_tanh=nn.hard_tanh,
    hard_sigmoid=nn.hard_sigmoid,
    hard_swish=(nn.hard_swish, nn.hard_silu),
    erf=(special.erf, lax.erf), erfc=(special.erfc, lax.erfc), erfinv=(special.erfinv, lax.erf_inv),
    normal_cdf=(special.ndtr, jax.scipy.stats.norm.cdf),
    log_normal_cdf=(special.log_ndtr, jax.scipy.stats.norm.logcdf),
    lgamma=(special.gammaln, lax.lgamma),
    digamma=(special.digamma, lax.digamma),
    trigamma=lambda x: special.polygamma(1, x),
    bessel_i0=(special.i0, jnp.i0),
    bessel_i1=special.i1,
    xlogx=(lambda x: special.xlogy(x, x), lambda x: -special.entr(x)),
    deg2rad=(jnp.deg2rad, jnp.radians),
    floor=jnp.floor, ceil=jnp.ceil, round=(jnp.round, jnp.rint), trunc=jnp.trunc,
    stop_gradient=lax.stop_gradient,
) | table(
    "x z",
    add=(jnp.add, lambda x, z: x + z),
    sub=(jnp.subtract, lambda x, z: x - z),
    mul=(jnp.multiply, lambda x, z: x * z),
    div=(jnp.divide, lambda x, z: x / z),
    pow=(jnp.power, lambda x, z: x**z),
    atan2=jnp.arctan2,
    hypot=jnp.hypot,
    logaddexp=jnp.logaddexp,
    max=jnp.maximum,
    min=jnp.minimum,
    xlogy=special.xlogy,
    xlog1py=special.xlog1py,
    copysign=jnp.copysign,
    fmod=jnp.fmod,
    remainder=(jnp.remainder, lambda x, z: x % z),
    gt=jnp.greater, ge=jnp.greater_equal, lt=jnp.less, le=jnp.less_equal, eq=jnp.equal, ne=jnp.not_equal,
) | table(
    "a b",
    matmul=(jnp.matmul, lambda a, b: a @ b),
    dot=(jnp.dot, jnp.vdot, jnp.inner),
    outer=jnp.outer,
    inner=jnp.inner,
    kron=jnp.kron,
) | table(
    "a",
    inv=(jnp.linalg.inv, scipy_linalg.inv),
    det=(jnp.linalg.det, scipy_linalg.det),
    slogdet=(lambda a: jnp.linalg.slogdet(a)[1], lambda a: jnp.linalg.slogdet(a, method="qr")[1]),
    expm=scipy_linalg.expm,
    svdvals=(jnp.linalg.svdvals, lambda a: jnp.linalg.svd(a, compute_uv=False),
             lambda a: jnp.linalg.svd(a, full_matrices=False)[1]),
    eigvalsh=(lambda a: jnp.linalg.eigvalsh(symmetric(a)), jnp.linalg.eigvalsh),
    eigh_values=(lambda a: jnp.linalg.eigh(a)[0], lambda a: scipy_linalg.eigh(symmetric(a), eigvals_only=True)),
    eigh_vectors=lambda a: with_signs(jnp.linalg.eigh(a)[1]),
    qr_q=lambda a: signed_qr(a)[0],
    qr_r=lambda a: signed_qr(a)[1],
) | table(
    "c a b",
    where=(lambda c, a, b: jnp.where(c != 0, a, b), jnp.where),
) | table(
    "a b c",
    fma=lambda a, b, c: a * b + c,
) | table(
    "a b t",
    lerp=lambda a, b, t: a + t * (b - a),
)

NUMBERS = {name: OPS[name] for name in "add sub mul div pow hypot logaddexp max min xlogy xlog1py copysign fmod "
           "remainder gt ge lt le eq ne atan2".split()}


def spelling(function):
    """Adds a spelling of the operation that the function is named after, up to a double underscore."""
    name = function.__name__.split("__")[0].rstrip("_")
    OPS[name] = OPS.get(name, ()) + (function,)
    return function


def symmetric(a):
    return (a + a.mT) / 2


def signed_qr(a):
    q, r = jnp.linalg.qr(a)
    sign = lax.stop_gradient(jnp.where(jnp.diagonal(r, 0, -2, -1) < 0, -1, 1).astype(a.dtype))
    return q * sign[..., None, :], r * sign[..., :, None]


def with_signs(v):
    """Columns whose first component of at least 0.6 times the largest is positive."""
    if not v.size:
        return v
    fixed = lax.stop_gradient(v)
    size = jnp.abs(fixed)
    leads = jnp.argmax(size >= 0.6 * jnp.max(size, -2, keepdims=True), -2, keepdims=True)
    return v * jnp.where(jnp.take_along_axis(fixed, leads, -2) < 0, -1, 1).astype(v.dtype)


# Pointwise, with attributes


@spelling
def leaky_relu(x, *, slope=0.01):
    return nn.leaky_relu(x, slope)


@spelling
def elu(x, *, alpha=1):
    return nn.elu(x, alpha)


@spelling
def celu(x, *, alpha=1):
    return nn.celu(x, alpha)


@spelling
def polygamma(x, *, n):
    return special.polygamma(n, x)


@spelling
def bessel_i(x, *, n):
    if n > 1:
        raise Unsupported("bessel_i of order 2 or more")
    return special.i1(x) if n else special.i0(x)


@spelling
def powc(x, *, exponent):
    return x ** float(exponent)


@spelling
def powc__function(x, *, exponent):
    return jnp.power(x, exponent)


@spelling
def powi(x, *, n):
    return x**n


@spelling
def powi__integer(x, *, n):
    return lax.integer_pow(x, n)


@spelling
def powi__array(x, *, n):
    return lax.pow(x, jnp.full(x.shape, n, jnp.int32))


@spelling
def clamp(x, *, lo, hi):
    return jnp.clip(x, lo, hi)


@spelling
def clamp__lax(x, *, lo, hi):
    return lax.clamp(jnp.asarray(lo, x.dtype), x, jnp.asarray(hi, x.dtype))


# Reductions


@spelling
def sum_(x, *, axes=None, keepdims=False):
    return jnp.sum(x, axes, keepdims=keepdims)


@spelling
def mean(x, *, axes=None, keepdims=False):
    return jnp.mean(x, axes, keepdims=keepdims)


@spelling
def prod(x, *, axes=None, keepdims=False):
    return jnp.prod(x, axes, keepdims=keepdims)


@spelling
def logsumexp(x, *, axes=None, keepdims=False):
    return nn.logsumexp(x, axes, keepdims=keepdims)


@spelling
def max_reduce(x, *, axes=None, keepdims=False):
    return jnp.max(x, axes, keepdims=keepdims)


@spelling
def min_reduce(x, *, axes=None, keepdims=False):
    return jnp.min(x, axes, keepdims=keepdims)


@spelling
def var(x, *, axes=None, ddof=0, keepdims=False):
    return jnp.var(x, axes, ddof=ddof, keepdims=keepdims)


@spelling
def std(x, *, axes=None, ddof=0, keepdims=False):
    return jnp.std(x, axes, ddof=ddof, keepdims=keepdims)


def along_folded(x, axes, keepdims, function):
    """A function of the last axis, of several axes as one."""
    order, shape, ones = folded(x.shape, axes_of(axes, x.ndim))
    y = function(jnp.transpose(x, order).reshape(shape))
    return y.reshape(ones) if keepdims else y


@spelling
def norm(x, *, ord=2, axes=None, keepdims=False):
    return along_folded(x, axes, keepdims, lambda x: jnp.linalg.norm(x, ord, axis=-1))


@spelling
def norm__vector(x, *, ord=2, axes=None, keepdims=False):
    return jnp.linalg.vector_norm(x, axis=axes_of(axes, x.ndim), ord=ord, keepdims=keepdims)


@spelling
def median(x, *, axes=None, keepdims=False):
    return jnp.median(x, axes, keepdims=keepdims)


@spelling
def quantile(x, *, q, axes=None, keepdims=False, method="linear"):
    return jnp.quantile(x, float(q), axes, keepdims=keepdims, method=method)


@spelling
def argmax(x, *, axis):
    return jnp.argmax(x, axis)


@spelling
def argmin(x, *, axis):
    return jnp.argmin(x, axis)


# Scans


def scan(name, own, other=None, first=None):
    """A scan; from the end it is one of the flipped axis, or has a word for that. `first` stands before an exclusive one."""

    def shifted(y, axis, reverse):
        ones = lax.full_like(lax.slice_in_dim(y, 0, min(1, y.shape[axis]), axis=axis), first)
        rest = lax.slice_in_dim(y, *((1, None) if reverse else (0, -1)), axis=axis) if y.shape[axis] else y
        return jnp.concatenate([rest, ones] if reverse else [ones, rest], axis)

    def by_word(x, *, axis, reverse=False, exclusive=False):
        y = own(x, axis_of(axis, x.ndim), reverse)
        return shifted(y, axis, reverse) if exclusive else y

    def by_flip(x, *, axis, reverse=False, exclusive=False):
        y = jnp.flip(other(jnp.flip(x, axis), axis), axis) if reverse else other(x, axis)
        return shifted(y, axis, reverse) if exclusive else y

    OPS[name] = (by_word, by_flip) if other else (lambda x, *, axis, reverse=False: by_word(x, axis=axis, reverse=reverse),)


scan("cumsum", lax.cumsum, jnp.cumsum, 0)
scan("cumprod", lax.cumprod, jnp.cumprod, 1)
scan("cummax", lax.cummax)
scan("cummin", lax.cummin)
scan("cumlogsumexp", lax.cumlogsumexp)


@spelling
def recurrence(a, b, *, axis, reverse=False):
    a, b = (jnp.moveaxis(x, axis, 0) for x in jnp.broadcast_arrays(a, b))
    start = jnp.zeros(a.shape[1:], a.dtype)
    return jnp.moveaxis(lax.scan(lambda z, ab: (ab[0] * z + ab[1], z), start, (a, b), reverse=reverse)[1], 0, axis)


# Layout


@spelling
def reshape(x, *, shape):
    return jnp.reshape(x, shape)


@spelling
def transpose(x, *, perm=None):
    return jnp.transpose(x, perm)


@spelling
def transpose__lax(x, *, perm=None):
    return lax.transpose(x, permutation(perm, x.ndim))


@spelling
def broadcast_to(x, *, shape):
    return jnp.broadcast_to(x, shape)


@spelling
def squeeze(x, *, axes):
    return jnp.squeeze(x, axes)


@spelling
def unsqueeze(x, *, axes):
    return jnp.expand_dims(x, axes)


@spelling
def unsqueeze__none(x, *, axes):
    axes = expanded_axes(axes, x.ndim)
    return x[tuple(None if axis in axes else slice(None) for axis in range(x.ndim + len(axes)))]


@spelling
def slice_(x, *, start=None, stop=None, step=None):
    return x[slices(x.shape, start, stop, step)]


@spelling
def flip(x, *, axes):
    return jnp.flip(x, axes)


@spelling
def roll(x, *, shift, axis):
    return jnp.roll(x, shift, axis)


@spelling
def pad(x, *, pads, mode="constant", value=0):
    if not pads:
        return x
    return jnp.pad(x, pads, constant_values=value) if mode == "constant" else jnp.pad(x, pads, mode)


@spelling
def pad__lax(x, *, pads, mode="constant", value=0):
    if mode != "constant":
        return pad(x, pads=pads, mode=mode)
    return lax.pad(x, jnp.asarray(value, x.dtype), [(*pair, 0) for pair in pads])


@spelling
def concat(*xs, axis):
    return jnp.concatenate(xs, axis)


@spelling
def stack(*xs, axis):
    return jnp.stack(xs, axis)


@spelling
def tile(x, *, reps):
    return jnp.tile(x, reps)


@spelling
def repeat(x, *, repeats, axis):
    return jnp.repeat(x, repeats, axis)


@spelling
def diag(x, *, k=0):
    return jnp.diag(x, k)


@spelling
def diagonal(x, *, offset=0):
    return jnp.diagonal(x, offset, -2, -1)


@spelling
def trace(x, *, offset=0):
    return jnp.trace(x, offset, -2, -1)


@spelling
def tril(x, *, k=0):
    return jnp.tril(x, k)


@spelling
def triu(x, *, k=0):
    return jnp.triu(x, k)


# Indexing


@spelling
def take(x, index, *, axis):
    return jnp.take(x, index, axis)


@spelling
def take__brackets(x, index, *, axis):
    return x[(slice(None),) * axis_of(axis, x.ndim) + (index,)]


@spelling
def take_along_axis(x, index, *, axis):
    return jnp.take_along_axis(x, index, axis)


@spelling
def scatter_add(x, index, src, *, axis):
    return x.at[(slice(None),) * axis_of(axis, x.ndim) + (index,)].add(src)


def grid(x, index, shape, axis):
    places = list(jnp.indices(shape, sparse=True))
    places[axis] = jnp.broadcast_to(index, shape)
    return tuple(places)


@spelling
def scatter_add_along_axis(x, index, src, *, axis):
    return x.at[grid(x, index, src.shape, axis)].add(src)


def written_once(places, n, axis):
    """JAX does not say which of several values written at one place wins."""
    if isinstance(places, jax.core.Tracer):
        raise Unsupported("scatter to places that are computed")
    if (np.diff(np.sort(np.asarray(places) % max(n, 1), axis), axis=axis) == 0).any():
        raise Unsupported("scatter with repeated indices")


@spelling
def scatter(x, index, src, *, axis):
    written_once(index.reshape(-1), x.shape[axis], 0)
    return x.at[(slice(None),) * axis_of(axis, x.ndim) + (index,)].set(src)


@spelling
def scatter_along_axis(x, index, src, *, axis):
    written_once(jnp.broadcast_to(index, src.shape), x.shape[axis], axis)
    return x.at[grid(x, index, src.shape, axis)].set(src)


@spelling
def scatter_along_axis__put(x, index, src, *, axis):
    index = jnp.broadcast_to(index, src.shape)
    written_once(index, x.shape[axis], axis)
    return jnp.put_along_axis(x, index, src, axis, inplace=False)


@spelling
def segment_sum(x, index, *, num_segments):
    return jax.ops.segment_sum(x, index % max(num_segments, 1), num_segments)


@spelling
def segment_max(x, index, *, num_segments):
    return jax.ops.segment_max(x, index % max(num_segments, 1), num_segments)


@spelling
def one_hot(index, *, n):
    return nn.one_hot(index % max(n, 1), n, dtype=int)


@spelling
def embedding(table, index):
    return jnp.take(table, index, 0)


@spelling
def embedding__brackets(table, index):
    return table[index]


# Sorting


@spelling
def sort(x, *, axis=-1, descending=False):
    return jnp.sort(x, axis, descending=descending)


@spelling
def argsort(x, *, axis=-1, descending=False):
    return jnp.argsort(x, axis, descending=descending)


@spelling
def top_k(x, *, k, axis=-1, largest=True):
    x = jnp.moveaxis(x, axis, -1)
    y = lax.top_k(x, k)[0] if largest else -lax.top_k(-x, k)[0]
    return jnp.moveaxis(y, -1, axis)


# Products and factorisations


@spelling
def tensordot(a, b, *, axes=2):
    return jnp.tensordot(a, b, paired(axes, a.ndim))


@spelling
def einsum(*xs, equation):
    return jnp.einsum(equation, *xs)


@spelling
def cross(a, b, *, axis=-1):
    return jnp.cross(*jnp.broadcast_arrays(a, b), axis=axis_of(axis, max(a.ndim, b.ndim)))


@spelling
def cross__linalg(a, b, *, axis=-1):
    return jnp.linalg.cross(*jnp.broadcast_arrays(a, b), axis=axis_of(axis, max(a.ndim, b.ndim)))


@spelling
def cholesky(a, *, lower=True):
    return jnp.linalg.cholesky(a, upper=not lower)


@spelling
def cholesky__lax(a, *, lower=True):
    factor = lax.linalg.cholesky(a)
    return factor if lower else factor.mT


@spelling
def triangular_solve(a, b, *, lower, transpose=False, unit_diagonal=False):
    shape, is_vector = solve_operands(a, b)
    b = b.reshape(shape)
    batch = jnp.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = (jnp.broadcast_to(x, batch + x.shape[-2:]) for x in (a, b))
    x = lax.linalg.triangular_solve(a, b, left_side=True, lower=lower, transpose_a=transpose, unit_diagonal=unit_diagonal)
    return x[..., 0] if is_vector else x


@spelling
def triangular_solve__scipy(a, b, *, lower, transpose=False, unit_diagonal=False):
    if a.ndim > 2 or b.ndim > 2:
        return triangular_solve(a, b, lower=lower, transpose=transpose, unit_diagonal=unit_diagonal)
    return scipy_linalg.solve_triangular(a, b, trans=int(transpose), lower=lower, unit_diagonal=unit_diagonal)


@spelling
def solve(a, b):
    shape, is_vector = solve_operands(a, b)
    x = jnp.linalg.solve(a, b.reshape(shape))
    return x[..., 0] if is_vector else x


@spelling
def solve__lu(a, b):
    if a.ndim > 2 or b.ndim > 2:
        return solve(a, b)
    return scipy_linalg.lu_solve(scipy_linalg.lu_factor(a), b)


@spelling
def matrix_power(a, *, n):
    return jnp.linalg.matrix_power(a, n)


@spelling
def pinv(a, *, rcond=1e-15):
    return jnp.linalg.pinv(a, rtol=rcond)


# Neural


@spelling
def softmax(x, *, axis):
    return nn.softmax(x, axis)


@spelling
def log_softmax(x, *, axis):
    return nn.log_softmax(x, axis)


@spelling
def attention(q, k, v, *, causal=False):
    """jax.nn's, of (batch, places, heads, width)."""
    batch = jnp.broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
    if v.shape[-1] != q.shape[-1]:
        raise Unsupported("attention whose values are not as wide as the queries")
    q, k, v = (jnp.broadcast_to(x, batch + x.shape[-2:]).reshape((-1, x.shape[-2], 1, x.shape[-1])) for x in (q, k, v))
    y = nn.dot_product_attention(q, k, v, is_causal=causal)
    return y.reshape(batch + (y.shape[1], y.shape[3]))


def convolution(count):
    def conv(x, w, *, stride=1, padding=0, dilation=1, groups=1):
        stride, padding, dilation = (per_axis(value, count) for value in (stride, padding, dilation))
        return lax.conv_general_dilated(x, w, stride, [(p, p) for p in padding], rhs_dilation=dilation,
                                        feature_group_count=groups)

    return conv


def transposed_convolution(count):
    def conv(x, w, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
        stride, padding, output_padding, dilation = (
            per_axis(value, count) for value in (stride, padding, output_padding, dilation))
        lanes, kernel = w.shape[0] // groups, w.shape[2:]
        w = jnp.swapaxes(w.reshape((groups, lanes) + w.shape[1:]), 1, 2).reshape((-1, lanes) + kernel)
        low = [d * (k - 1) - p for d, k, p in zip(dilation, kernel, padding)]
        return lax.conv_general_dilated(x, jnp.flip(w, range(2, 2 + count)), (1,) * count,
                                        [(n, n + more) for n, more in zip(low, output_padding)], lhs_dilation=stride,
                                        rhs_dilation=dilation, feature_group_count=groups)

    return conv


def windowed(x, first, function, kernel, stride, padding):
    pads = [(0, 0), (0, 0)] + [(p, p) for p in padding]
    return lax.reduce_window(x, np.array(first, x.dtype), function, (1, 1) + kernel, (1, 1) + stride, pads)


def max_pool(x, *, kernel, stride=None, padding=0):
    return windowed(x, -math.inf, lax.max, *windows(x, kernel, stride, padding))


def avg_pool(x, *, kernel, stride=None, padding=0, count_include_pad=True):
    kernel, stride, padding = windows(x, kernel, stride, padding)
    sums = windowed(x, 0, lax.add, kernel, stride, padding)
    counts = math.prod(kernel) if count_include_pad else windowed(jnp.ones_like(x), 0, lax.add, kernel, stride, padding)
    return sums / counts


for dimensions in (1, 2, 3):
    OPS[f"conv{dimensions}d"] = (convolution(dimensions),)
    OPS[f"conv_transpose{dimensions}d"] = (transposed_convolution(dimensions),)
    OPS[f"max_pool{dimensions}d"] = (max_pool,)
    OPS[f"avg_pool{dimensions}d"] = (avg_pool,)


def scaled(x, scale):
    return x.shape[:2] + tuple(n * s for n, s in zip(x.shape[2:], per_axis(scale, x.ndim - 2)))


@spelling
def upsample_nearest(x, *, scale):
    return jax.image.resize(x, scaled(x, scale), "nearest")


@spelling
def upsample_bilinear(x, *, scale, align_corners=False):
    if align_corners:
        raise Unsupported("upsample_bilinear with aligned corners")
    return jax.image.resize(x, scaled(x, scale), "bilinear")


# Views: the same numbers by way of another array


def transposed(x):
    return jnp.swapaxes(jnp.swapaxes(x, 0, -1), 0, -1) if x.ndim else x[None][0]


def narrowed(x):
    return lax.slice_in_dim(jnp.concatenate([x, x]), x.shape[0], None) if x.ndim else jnp.stack([x, x])[1]


def stepped(x):
    return jnp.stack([x, x], -1)[..., 1]


class Jax(Compiled):
    name, version = "jax", jax.__version__
    modes = ("gradient", "jvp", "hvp")
    ops, numbers = OPS, NUMBERS
    views = (transposed, narrowed, stepped)

    def tensor(self, array):
        return jnp.asarray(array)

    def integers(self, x):
        return lax.stop_gradient(x).astype(jnp.int64) if isinstance(x, jax.Array) else jnp.asarray(x)

    def floats(self, x, dtype):
        return x if jnp.issubdtype(x.dtype, jnp.floating) else x.astype(dtype)

    def compile(self, function):
        return jax.jit(function)

    def values(self, program, params):
        return self.compiled(program, "value", program)(params)

    def gradient(self, program, params, cotangents):
        return self.compiled(program, "gradient", lambda params: pulled_back(program, params, cotangents))(params)

    def jvp(self, program, params, tangents):
        return self.compiled(program, "jvp", lambda *at: jax.jvp(program, *at)[1])((params,), (tangents,))

    def hvp(self, program, params, cotangents, direction):
        def gradient(params):
            return pulled_back(program, params, cotangents)[1]

        return self.compiled(program, "hvp", lambda *at: jax.jvp(gradient, *at)[1])((params,), (direction,))


def pulled_back(program, params, cotangents):
    outputs, pullback = jax.vjp(program, params)
    return outputs, pullback(cotangents(outputs))[0]


if __name__ == "__main__":
    main(Jax())
