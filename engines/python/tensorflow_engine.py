"""TensorFlow behind the protocol: eager operations, gradient tapes and the forward accumulator. Its spatial operations
want the channels last on processors, so those are moved there and back."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from attributes import (axes_of, axis_of, expanded_axes, folded, paired, per_axis, permutation, slices, solve_operands,
                        some_axes, windows)
from secant_engine import Engine, Unsupported, main, table

linalg, math, nn = tf.linalg, tf.math, tf.nn

OPS = table(
    "x",
    neg=(math.negative, lambda x: -x),
    abs=math.abs,
    sign=math.sign,
    square=(math.square, lambda x: x**2, lambda x: x * x),
    cube=(lambda x: x**3, lambda x: x * x * x),
    recip=(math.reciprocal, lambda x: 1.0 / x, lambda x: x**-1),
    sqrt=(math.sqrt, lambda x: x**0.5),
    rsqrt=(math.rsqrt, lambda x: 1.0 / math.sqrt(x)),
    exp=math.exp,
    exp2=lambda x: 2.0**x,
    exp10=lambda x: 10.0**x,
    expm1=math.expm1, log=math.log, log1p=math.log1p,
    sin=math.sin, cos=math.cos, tan=math.tan, asin=math.asin, acos=math.acos, atan=math.atan,
    sinh=math.sinh, cosh=math.cosh, tanh=(math.tanh, nn.tanh), asinh=math.asinh, acosh=math.acosh, atanh=math.atanh,
    sigmoid=(math.sigmoid, nn.sigmoid),
    log_sigmoid=math.log_sigmoid,
    softplus=(math.softplus, nn.softplus),
    softsign=nn.softsign,
    relu=(nn.relu, lambda x: math.maximum(x, 0.0)),
    relu6=nn.relu6,
    elu=nn.elu,
    selu=nn.selu,
    gelu=nn.gelu,
    gelu_tanh=lambda x: nn.gelu(x, approximate=True),
    silu=(nn.silu, nn.swish),
    erf=math.erf, erfc=math.erfc, erfinv=math.erfinv,
    lgamma=math.lgamma,
    digamma=math.digamma,
    trigamma=lambda x: math.polygamma(tf.ones((), x.dtype), x),
    bessel_i0=(math.bessel_i0, math.special.bessel_i0) if hasattr(math.special, "bessel_i0") else math.bessel_i0,
    bessel_i1=math.bessel_i1,
    xlogx=lambda x: math.xlogy(x, x),
    floor=math.floor, ceil=math.ceil, round=(math.round, math.rint),
    stop_gradient=tf.stop_gradient,
) | table(
    "x z",
    add=(math.add, lambda x, z: x + z, lambda x, z: math.add_n([x, z]) if x.shape == z.shape else x + z),
    sub=(math.subtract, lambda x, z: x - z),
    mul=(math.multiply, lambda x, z: x * z),
    div=(math.divide, lambda x, z: x / z, math.truediv),
    pow=(math.pow, lambda x, z: x**z),
    atan2=math.atan2,
    max=math.maximum,
    min=math.minimum,
    xlogy=math.xlogy,
    xlog1py=math.xlog1py,
    remainder=(math.floormod, lambda x, z: x % z),
    fmod=tf.truncatemod,
    strong_mul=lambda x, z: math.multiply_no_nan(z, x),
    gt=math.greater, ge=math.greater_equal, lt=math.less, le=math.less_equal, eq=math.equal, ne=math.not_equal,
) | table(
    "a b",
    matmul=(lambda a, b: a @ b if a.ndim > 1 < b.ndim else product_by_rank(a, b), lambda a, b: product_by_rank(a, b)),
    dot=lambda a, b: tf.tensordot(a, b, 1),
    outer=(lambda a, b: tf.tensordot(tf.reshape(a, [-1]), tf.reshape(b, [-1]), 0),
           lambda a, b: tf.einsum("i,j->ij", tf.reshape(a, [-1]), tf.reshape(b, [-1]))),
) | table(
    "a",
    inv=linalg.inv,
    det=linalg.det,
    slogdet=lambda a: linalg.slogdet(a)[1],
    expm=linalg.expm,
    svdvals=(lambda a: linalg.svd(a, compute_uv=False), lambda a: linalg.svd(a)[0]),
    eigvalsh=lambda a: linalg.eigvalsh(symmetric(a)),
    eigh_values=(lambda a: linalg.eigh(symmetric(a))[0], lambda a: linalg.eigvalsh(symmetric(a))),
    eigh_vectors=lambda a: with_signs(linalg.eigh(symmetric(a))[1]),
    qr_q=lambda a: signed_qr(a)[0],
    qr_r=lambda a: signed_qr(a)[1],
) | table(
    "c a b",
    where=lambda c, a, b: tf.where(c != 0, a, b),
) | table("a b c", fma=lambda a, b, c: a * b + c) | table("a b t", lerp=lambda a, b, t: a + t * (b - a))

NUMBERS = {name: OPS[name] for name in "sub mul div pow max min remainder gt ge lt le".split()} | table(
    "x z", add=lambda x, z: x + z)


def spelling(function):
    """Adds a spelling of the operation that the function is named after, up to a double underscore."""
    name = function.__name__.split("__")[0].rstrip("_")
    OPS[name] = OPS.get(name, ()) + (function,)
    return function


def product_by_rank(a, b):
    if a.ndim == 1 == b.ndim:
        return tf.tensordot(a, b, 1)
    if b.ndim == 1:
        return linalg.matvec(a, b)
    return linalg.matvec(b, a, transpose_a=True) if a.ndim == 1 else linalg.matmul(a, b)


def symmetric(a):
    return (a + linalg.matrix_transpose(a)) / 2


def signed_qr(a):
    q, r = linalg.qr(a)
    sign = tf.stop_gradient(tf.cast(tf.where(linalg.diag_part(r) < 0, -1.0, 1.0), a.dtype))
    return q * sign[..., None, :], r * sign[..., :, None]


def with_signs(v):
    """Columns whose first component of at least 0.6 times the largest is positive."""
    fixed = v.numpy()
    if not fixed.size:
        return v
    size = np.abs(fixed)
    leads = np.argmax(size >= 0.6 * size.max(-2, keepdims=True), -2, keepdims=True)
    return v * tf.constant(np.where(np.take_along_axis(fixed, leads, -2) < 0, -1, 1).astype(fixed.dtype))


# Pointwise, with attributes


@spelling
def leaky_relu(x, *, slope=0.01):
    return nn.leaky_relu(x, slope)


@spelling
def elu(x, *, alpha=1):
    if alpha != 1:
        raise Unsupported("elu with an alpha")
    return nn.elu(x)


OPS["elu"] = OPS["elu"][1:]


@spelling
def polygamma(x, *, n):
    return math.polygamma(tf.constant(float(n), x.dtype), x)


@spelling
def bessel_i(x, *, n):
    if n > 1:
        raise Unsupported("bessel_i of order 2 or more")
    return math.bessel_i1(x) if n else math.bessel_i0(x)


@spelling
def powc(x, *, exponent):
    return x ** float(exponent)


@spelling
def powi(x, *, n):
    return x**n


@spelling
def powi__function(x, *, n):
    return math.pow(x, tf.constant(float(n), x.dtype))


@spelling
def clamp(x, *, lo, hi):
    return tf.clip_by_value(x, lo, hi)


# Reductions


def reduction(name, own):
    def reduce(x, *, axes=None, keepdims=False):
        return own(x, axis=axes_of(axes, x.ndim), keepdims=keepdims)

    reduce.__name__ = name
    OPS[name] = (reduce,)


for name, own in {"sum": math.reduce_sum, "mean": math.reduce_mean, "prod": math.reduce_prod,
                  "max_reduce": math.reduce_max, "min_reduce": math.reduce_min, "logsumexp": math.reduce_logsumexp}.items():
    reduction(name, own)


@spelling
def var(x, *, axes=None, ddof=0, keepdims=False):
    if ddof:
        raise Unsupported("var with ddof")
    return math.reduce_variance(x, some_axes(axes, x.ndim), keepdims)


@spelling
def var__moments(x, *, axes=None, ddof=0, keepdims=False):
    if ddof:
        raise Unsupported("var with ddof")
    return nn.moments(x, some_axes(axes, x.ndim), keepdims=keepdims)[1]


@spelling
def std(x, *, axes=None, ddof=0, keepdims=False):
    if ddof:
        raise Unsupported("std with ddof")
    return math.reduce_std(x, some_axes(axes, x.ndim), keepdims)


@spelling
def norm(x, *, ord=2, axes=None, keepdims=False):
    order, shape, ones = folded(x.shape, some_axes(axes, x.ndim))
    y = tf.norm(tf.reshape(tf.transpose(x, order), shape), float(ord), axis=-1)
    return tf.reshape(y, ones) if keepdims else y


@spelling
def norm__euclidean(x, *, ord=2, axes=None, keepdims=False):
    if ord != 2:
        return norm(x, ord=ord, axes=axes, keepdims=keepdims)
    return math.reduce_euclidean_norm(x, some_axes(axes, x.ndim), keepdims)


@spelling
def argmax(x, *, axis):
    return math.argmax(x, axis)


@spelling
def argmin(x, *, axis):
    return math.argmin(x, axis)


@spelling
def cumsum(x, *, axis, reverse=False, exclusive=False):
    return math.cumsum(x, axis, exclusive, reverse)


@spelling
def cumprod(x, *, axis, reverse=False, exclusive=False):
    return math.cumprod(x, axis, exclusive, reverse)


@spelling
def cumlogsumexp(x, *, axis, reverse=False):
    return math.cumulative_logsumexp(x, axis, reverse=reverse)


# Layout


@spelling
def reshape(x, *, shape):
    return tf.reshape(x, shape)


@spelling
def transpose(x, *, perm=None):
    return tf.transpose(x, permutation(perm, x.ndim))


@spelling
def broadcast_to(x, *, shape):
    return tf.broadcast_to(x, shape)


@spelling
def squeeze(x, *, axes):
    return tf.squeeze(x, axes) if axes else x


@spelling
def unsqueeze(x, *, axes):
    for axis in expanded_axes(axes, x.ndim):
        x = tf.expand_dims(x, axis)
    return x


@spelling
def slice_(x, *, start=None, stop=None, step=None):
    return x[slices(x.shape, start, stop, step)] if x.ndim else x


@spelling
def flip(x, *, axes):
    return tf.reverse(x, axes_of(axes, x.ndim))


@spelling
def roll(x, *, shift, axis):
    return tf.roll(x, shift, axis)


@spelling
def pad(x, *, pads, mode="constant", value=0):
    if mode not in ("constant", "reflect"):
        raise Unsupported(f"pad of mode {mode}")
    if not pads:
        return x
    return tf.pad(x, pads, mode.upper(), constant_values=tf.constant(value, x.dtype))


@spelling
def concat(*xs, axis):
    return tf.concat(xs, axis)


@spelling
def stack(*xs, axis):
    return tf.stack(xs, axis)


@spelling
def tile(x, *, reps):
    more = len(reps) - x.ndim
    return tf.tile(tf.reshape(x, (1,) * more + tuple(x.shape)) if more > 0 else x, (1,) * -more + reps)


@spelling
def repeat(x, *, repeats, axis):
    return tf.repeat(x, repeats, axis)


@spelling
def diag(x, *, k=0):
    return linalg.diag(x, k=k) if x.ndim == 1 else linalg.diag_part(x, k=k)


@spelling
def diagonal(x, *, offset=0):
    return linalg.diag_part(x, k=offset)


@spelling
def trace(x, *, offset=0):
    return math.reduce_sum(linalg.diag_part(x, k=offset), -1) if offset else linalg.trace(x)


@spelling
def tril(x, *, k=0):
    if k < 0:
        raise Unsupported("tril below the main diagonal")
    return linalg.band_part(x, -1, k)


@spelling
def triu(x, *, k=0):
    if k > 0:
        raise Unsupported("triu above the main diagonal")
    return linalg.band_part(x, -k, -1)


# Indexing and sorting


def within(index, n):
    """Indices counted from the front."""
    return math.floormod(index, max(n, 1))


@spelling
def take(x, index, *, axis):
    return tf.gather(x, within(index, x.shape[axis]), axis=axis)


@spelling
def take_along_axis(x, index, *, axis):
    axis = axis_of(axis, x.ndim)
    rest = np.broadcast_shapes(*(tuple(1 if a == axis else n for a, n in enumerate(t.shape)) for t in (x, index)))
    x, index = (tf.broadcast_to(t, rest[:axis] + (t.shape[axis],) + rest[axis + 1 :]) for t in (x, index))
    x, index = (tf.experimental.numpy.moveaxis(t, axis, -1) for t in (x, within(index, x.shape[axis])))
    return tf.experimental.numpy.moveaxis(tf.gather(x, index, batch_dims=x.ndim - 1), -1, axis)


def places(index, shape, axis):
    """For each element of the source the place in the target."""
    grid = list(np.indices(shape))
    grid[axis] = np.broadcast_to(index, shape)
    return np.stack(grid, -1)


@spelling
def scatter_add_along_axis(x, index, src, *, axis):
    return tf.tensor_scatter_nd_add(x, places(within(index, x.shape[axis]), src.shape, axis), src)


@spelling
def scatter_along_axis(x, index, src, *, axis):
    index = np.broadcast_to(within(index, x.shape[axis]), src.shape)
    if (np.diff(np.sort(index, axis), axis=axis) == 0).any():
        raise Unsupported("scatter with repeated indices")
    return tf.tensor_scatter_nd_update(x, places(index, src.shape, axis), src)


@spelling
def segment_sum(x, index, *, num_segments):
    return math.unsorted_segment_sum(x, within(index, num_segments), num_segments)


@spelling
def one_hot(index, *, n):
    return tf.one_hot(within(index, n), n)


@spelling
def embedding(table, index):
    return nn.embedding_lookup(table, within(index, table.shape[0]))


@spelling
def sort(x, *, axis=-1, descending=False):
    return tf.sort(x, axis, "DESCENDING" if descending else "ASCENDING")


@spelling
def argsort(x, *, axis=-1, descending=False):
    return tf.argsort(x, axis, "DESCENDING" if descending else "ASCENDING", stable=True)


@spelling
def top_k(x, *, k, axis=-1, largest=True):
    x = tf.experimental.numpy.moveaxis(x, axis, -1)
    y = math.top_k(x, k)[0] if largest else -math.top_k(-x, k)[0]
    return tf.experimental.numpy.moveaxis(y, -1, axis)


# Products and factorisations


@spelling
def tensordot(a, b, *, axes=2):
    return tf.tensordot(a, b, paired(axes, a.ndim))


@spelling
def einsum(*xs, equation):
    return tf.einsum(equation, *xs)


@spelling
def cross(a, b, *, axis=-1):
    shape = np.broadcast_shapes(a.shape, b.shape)
    axis = axis_of(axis, len(shape))
    a, b = (tf.experimental.numpy.moveaxis(tf.broadcast_to(x, shape), axis, -1) for x in (a, b))
    return tf.experimental.numpy.moveaxis(linalg.cross(a, b), -1, axis)


@spelling
def cholesky(a, *, lower=True):
    factor = linalg.cholesky(symmetric(a))
    return factor if lower else linalg.matrix_transpose(factor)


@spelling
def triangular_solve(a, b, *, lower, transpose=False, unit_diagonal=False):
    if unit_diagonal:
        raise Unsupported("triangular_solve with a diagonal of ones")
    shape, is_vector = solve_operands(a, b)
    x = linalg.triangular_solve(a, tf.reshape(b, shape), lower=lower, adjoint=transpose)
    return x[..., 0] if is_vector else x


@spelling
def solve(a, b):
    shape, is_vector = solve_operands(a, b)
    b = tf.reshape(b, shape)
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = (tf.broadcast_to(t, batch + tuple(t.shape[-2:])) for t in (a, b))
    x = linalg.solve(a, b)
    return x[..., 0] if is_vector else x


@spelling
def pinv(a, *, rcond=1e-15):
    return linalg.pinv(a, rcond)


# Neural


@spelling
def softmax(x, *, axis):
    return nn.softmax(x, axis)


@spelling
def log_softmax(x, *, axis):
    return nn.log_softmax(x, axis)


@spelling
def cross_entropy(logits, labels, *, reduction="mean"):
    if logits.ndim > 1:
        logits = tf.experimental.numpy.moveaxis(logits, 1, -1)
    losses = nn.sparse_softmax_cross_entropy_with_logits(within(labels, logits.shape[-1]), logits)
    return {"mean": math.reduce_mean, "sum": math.reduce_sum, "none": tf.identity}[reduction](losses)


def channels_last(x):
    return tf.transpose(x, (0, *range(2, x.ndim), 1))


def channels_first(x):
    return tf.transpose(x, (0, x.ndim - 1, *range(1, x.ndim - 1)))


def kernel_last(w):
    return tf.transpose(w, (*range(2, w.ndim), 1, 0))


def convolution(own):
    def conv(x, w, *, stride=1, padding=0, dilation=1, groups=1):
        stride, padding, dilation = (per_axis(value, x.ndim - 2) for value in (stride, padding, dilation))
        if groups != 1 or (max(stride) > 1 and max(dilation) > 1):
            raise Unsupported("a convolution with groups, or with both stride and dilation")
        x = tf.pad(channels_last(x), [(0, 0)] + [(p, p) for p in padding] + [(0, 0)])
        return channels_first(own(x, kernel_last(w), stride, dilation))

    return conv


def conv_of_rank(x, w, stride, dilation):
    own = {3: nn.conv1d, 4: nn.conv2d, 5: nn.conv3d}[x.ndim]
    return own(x, w, (1, *stride, 1), "VALID", dilations=(1, *dilation, 1))


def conv_of_any_rank(x, w, stride, dilation):
    return nn.convolution(x, w, stride, "VALID", dilations=dilation)


def pool(own):
    def largest(x, *, kernel, stride=None, padding=0):
        kernel, stride, padding = windows(x, kernel, stride, padding)
        if any(padding):
            raise Unsupported("a pool with padding")
        return channels_first(own(channels_last(x), kernel, stride, "VALID"))

    def mean(x, *, kernel, stride=None, padding=0, count_include_pad=True):
        return largest(x, kernel=kernel, stride=stride, padding=padding)

    return mean if "avg" in own.__name__ else largest


for dimensions in (1, 2, 3):
    OPS[f"conv{dimensions}d"] = (convolution(conv_of_rank), convolution(conv_of_any_rank))
    OPS[f"max_pool{dimensions}d"] = (pool(getattr(nn, f"max_pool{dimensions}d")),)
    OPS[f"avg_pool{dimensions}d"] = (pool(getattr(nn, f"avg_pool{dimensions}d")),)


@spelling
def upsample_nearest(x, *, scale):
    if x.ndim != 4:
        raise Unsupported("upsample_nearest of other than two axes")
    size = [n * s for n, s in zip(x.shape[2:], per_axis(scale, 2))]
    return channels_first(tf.image.resize(channels_last(x), size, "nearest"))


@spelling
def upsample_bilinear(x, *, scale, align_corners=False):
    if x.dtype != tf.float32:
        raise Unsupported("upsample_bilinear of other than f32")
    size = [n * s for n, s in zip(x.shape[2:], per_axis(scale, 2))]
    resize = tf.compat.v1.image.resize_bilinear
    return channels_first(resize(channels_last(x), size, align_corners, half_pixel_centers=not align_corners))


# Views: the same numbers by way of another tensor


def narrowed(x):
    return tf.concat([x, x], 0)[x.shape[0] :] if x.ndim else tf.stack([x, x])[1]


def stepped(x):
    return tf.stack([x, x], -1)[..., 1]


class TensorFlow(Engine):
    name, version = "tensorflow", tf.__version__
    modes = ("gradient", "jvp", "hvp")
    ops, numbers = OPS, NUMBERS
    views = (narrowed, stepped)
    refusals = (
        "Could not find device for node", "is not in the list of allowed values", "is not supported", "not invertible",
        "only supports", "MatrixDiagPart", "MatrixBandPart", "MirrorPad", "Range_device", "Expected dimension",
    )
    no_rule = ("o gradient defined", "gradient registry has no entry", "do not yet support")

    def tensor(self, array):
        return tf.constant(array)

    def integers(self, x):
        return tf.cast(tf.stop_gradient(x), tf.int64) if tf.is_tensor(x) else tf.constant(x)

    def floats(self, x, dtype):
        return x if x.dtype.is_floating else tf.cast(x, dtype)

    def array(self, x):
        return tf.convert_to_tensor(x).numpy()

    def gradient(self, program, params, cotangents):
        with tf.GradientTape() as tape:
            tape.watch(params)
            outputs = program(params)
        return outputs, tape.gradient(outputs, params, cotangents(outputs))

    def jvp(self, program, params, tangents):
        with tf.autodiff.ForwardAccumulator(params, tangents) as accumulator:
            outputs = program(params)
        return [accumulator.jvp(y, tf.UnconnectedGradients.ZERO) for y in outputs]

    def hvp(self, program, params, cotangents, direction):
        with tf.GradientTape() as tape:
            tape.watch(params)
            gradients = [None if g is None else tf.convert_to_tensor(g) for g in
                         self.gradient(program, params, cotangents)[1]]
        flowing = [(g, d) for g, d in zip(gradients, direction) if g is not None]
        if not flowing:
            return [tf.zeros_like(x) for x in params]
        gradients, direction = map(list, zip(*flowing))
        return tape.gradient(gradients, params, direction, tf.UnconnectedGradients.ZERO)


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    main(TensorFlow())
