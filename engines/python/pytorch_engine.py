"""PyTorch behind the protocol: its own operations, in their several spellings, on views of all its kinds."""

import math

import torch
import torch.nn.functional as F
from attributes import (axes_of, axis_of, expanded_axes, folded, forward, paired, per_axis, permutation, slices,
                        solve_operands, some_axes, windows)
from secant_engine import Engine, Unsupported, main, table
from torch import linalg, special

DTYPES = {"float32": torch.float32, "float64": torch.float64}

OPS = table(
    "x",
    neg=(torch.neg, lambda x: -x, lambda x: 0.0 - x),
    abs=(torch.abs, torch.Tensor.absolute),
    sign=(torch.sign, torch.sgn),
    square=(torch.square, lambda x: x**2, lambda x: x * x),
    cube=(lambda x: x**3, lambda x: x * x * x),
    recip=(torch.reciprocal, lambda x: 1.0 / x, lambda x: x**-1),
    sqrt=(torch.sqrt, lambda x: x**0.5),
    rsqrt=(torch.rsqrt, lambda x: x**-0.5, lambda x: 1 / x.sqrt()),
    exp=torch.exp,
    exp2=(torch.exp2, special.exp2, lambda x: 2.0**x),
    exp10=(lambda x: 10.0**x, lambda x: torch.pow(10, x)),
    expm1=(torch.expm1, special.expm1),
    log=torch.log,
    log2=torch.log2,
    log10=torch.log10,
    log1p=(torch.log1p, special.log1p),
    sin=torch.sin, cos=torch.cos, tan=torch.tan, asin=torch.asin, acos=torch.acos, atan=torch.atan,
    sinh=torch.sinh, cosh=torch.cosh, tanh=(torch.tanh, F.tanh),
    asinh=torch.asinh, acosh=torch.acosh, atanh=torch.atanh,
    sinc=(torch.sinc, special.sinc),
    sigmoid=(torch.sigmoid, special.expit),
    log_sigmoid=F.logsigmoid,
    logit=(torch.logit, special.logit),
    softplus=(lambda x: F.softplus(x, threshold=40.0), lambda x: torch.logaddexp(x, torch.zeros_like(x))),
    softsign=F.softsign,
    relu=(torch.relu, F.relu, lambda x: x.clamp_min(0.0)),
    relu6=F.relu6,
    selu=F.selu,
    gelu=F.gelu,
    gelu_tanh=lambda x: F.gelu(x, approximate="tanh"),
    silu=F.silu,
    mish=F.mish,
    hard_tanh=F.hardtanh,
    hard_sigmoid=F.hardsigmoid,
    hard_swish=F.hardswish,
    erf=(torch.erf, special.erf), erfc=(torch.erfc, special.erfc), erfcx=special.erfcx,
    erfinv=(torch.erfinv, special.erfinv),
    normal_cdf=special.ndtr,
    log_normal_cdf=special.log_ndtr,
    lgamma=(torch.lgamma, special.gammaln),
    digamma=(torch.digamma, special.psi),
    trigamma=lambda x: torch.polygamma(1, x),
    bessel_i0=(torch.i0, special.i0),
    bessel_i1=special.i1,
    xlogx=(lambda x: torch.xlogy(x, x), lambda x: -special.entr(x)),
    deg2rad=torch.deg2rad,
    floor=torch.floor, ceil=torch.ceil, round=torch.round, trunc=(torch.trunc, torch.fix),
    stop_gradient=torch.Tensor.detach,
) | table(
    "x z",
    add=(torch.add, lambda x, z: x + z, lambda x, z: torch.sub(x, z, alpha=-1)),
    sub=(torch.sub, lambda x, z: x - z, lambda x, z: torch.rsub(z, x), lambda x, z: torch.add(x, z, alpha=-1)),
    mul=(torch.mul, lambda x, z: x * z),
    div=(torch.div, lambda x, z: x / z, torch.true_divide),
    pow=(torch.pow, lambda x, z: x**z),
    atan2=torch.atan2,
    hypot=torch.hypot,
    logaddexp=torch.logaddexp,
    max=(torch.maximum, torch.max),
    min=(torch.minimum, torch.min),
    xlogy=(torch.xlogy, special.xlogy),
    xlog1py=special.xlog1py,
    copysign=torch.copysign,
    fmod=torch.fmod,
    remainder=(torch.remainder, lambda x, z: x % z),
    gt=torch.gt, ge=torch.ge, lt=torch.lt, le=torch.le, eq=torch.eq, ne=torch.ne,
) | table(
    "a b",
    matmul=(torch.matmul, lambda a, b: a @ b, lambda a, b: product_by_rank(a, b)),
    dot=(torch.dot, torch.vdot, torch.inner),
    outer=lambda a, b: torch.outer(a.reshape(-1), b.reshape(-1)),
    inner=torch.inner,
    kron=torch.kron,
) | table(
    "a",
    inv=(linalg.inv, torch.inverse, lambda a: linalg.inv_ex(a).inverse),
    det=(linalg.det, torch.det),
    slogdet=(lambda a: linalg.slogdet(a).logabsdet, lambda a: torch.slogdet(a)[1]),
    expm=(linalg.matrix_exp, torch.matrix_exp),
    svdvals=(linalg.svdvals, lambda a: linalg.svd(a, full_matrices=False).S, lambda a: torch.svd(a).S),
    eigvalsh=lambda a: linalg.eigvalsh(symmetric(a)),
    eigh_values=(lambda a: linalg.eigh(symmetric(a)).eigenvalues, lambda a: linalg.eigvalsh(symmetric(a), UPLO="U")),
    eigh_vectors=lambda a: with_signs(linalg.eigh(symmetric(a)).eigenvectors),
    qr_q=lambda a: signed_qr(a)[0],
    qr_r=lambda a: signed_qr(a)[1],
) | table(
    "c a b",
    where=(lambda c, a, b: torch.where(c != 0, a, b), lambda c, a, b: torch.where(c.bool(), a, b)),
) | table(
    "a b c",
    fma=(lambda a, b, c: a * b + c, lambda a, b, c: torch.addcmul(c, a, b)),
) | table(
    "a b t",
    lerp=(torch.lerp, lambda a, b, t: a + t * (b - a)),
)

NUMBERS = table(
    "x z",
    add=lambda x, z: x + z,
    sub=lambda x, z: x - z,
    mul=lambda x, z: x * z,
    div=lambda x, z: x / z,
    pow=(lambda x, z: x**z, torch.pow),
    remainder=lambda x, z: x % z,
    xlogy=torch.xlogy,
    max=lambda x, z: x.clamp_min(z) if torch.is_tensor(x) else z.clamp(min=x),
    min=lambda x, z: x.clamp_max(z) if torch.is_tensor(x) else z.clamp(max=x),
    gt=lambda x, z: x > z, ge=lambda x, z: x >= z, lt=lambda x, z: x < z,
    le=lambda x, z: x <= z, eq=lambda x, z: x == z, ne=lambda x, z: x != z,
)


def spelling(function):
    """Adds a spelling of the operation that the function is named after, up to a double underscore."""
    name = function.__name__.split("__")[0].rstrip("_")
    OPS[name] = OPS.get(name, ()) + (function,)
    return function


def product_by_rank(a, b):
    by_rank = {(1, 1): torch.dot, (2, 1): torch.mv, (2, 2): torch.mm}
    if a.dim() == b.dim() == 3 and a.shape[0] == b.shape[0]:
        return torch.bmm(a, b)
    return by_rank.get((a.dim(), b.dim()), torch.matmul)(a, b)


def symmetric(a):
    return (a + a.mT) / 2


def signed_qr(a):
    q, r = linalg.qr(a)
    sign = torch.where(r.detach().diagonal(dim1=-2, dim2=-1) < 0, -1.0, 1.0).to(a.dtype)
    return q * sign.unsqueeze(-2), r * sign.unsqueeze(-1)


def with_signs(v):
    """Columns whose first component of at least 0.6 times the largest is positive."""
    fixed = v.detach()
    size = fixed.abs()
    leads = (size >= 0.6 * size.amax(-2, keepdim=True)).to(torch.uint8).argmax(-2, keepdim=True)
    return v * torch.where(fixed.gather(-2, leads) < 0, -1.0, 1.0).to(v.dtype)


# Pointwise, with attributes


@spelling
def leaky_relu(x, *, slope=0.01):
    return F.leaky_relu(x, slope)


@spelling
def elu(x, *, alpha=1):
    return F.elu(x, alpha)


@spelling
def celu(x, *, alpha=1):
    return F.celu(x, alpha)


@spelling
def polygamma(x, *, n):
    return torch.polygamma(n, x)


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
    return torch.pow(x, exponent)


@spelling
def powi(x, *, n):
    return x**n


@spelling
def powi__tensor(x, *, n):
    return torch.pow(x, torch.tensor(float(n), dtype=x.dtype))


@spelling
def clamp(x, *, lo, hi):
    return torch.clamp(x, lo, hi)


@spelling
def clamp__tensors(x, *, lo, hi):
    return torch.clamp(x, torch.tensor(lo, dtype=x.dtype), torch.tensor(hi, dtype=x.dtype))


@spelling
def clamp__hardtanh(x, *, lo, hi):
    return F.hardtanh(x, lo, hi) if lo < hi else torch.clip(x, lo, hi)


# Reductions


def reduction(name, over_all, over_some, over_none=lambda x: x):
    """A reduction by a function of all elements and one of some axes; over no axes another."""

    def alone(x, *, axes=None, keepdims=False):
        if axes is None and not keepdims:
            return over_all(x)
        axes = axes_of(axes, x.dim())
        return over_some(x, axes, keepdims) if axes else over_none(x)

    def along(x, *, axes=None, keepdims=False):
        axes = axes_of(axes, x.dim())
        return over_some(x, axes, keepdims) if axes else over_none(x)

    alone.__name__, along.__name__ = name, name + " along axes"
    OPS[name] = OPS.get(name, ()) + (alone, along)


def one_by_one(function):
    """Along several axes one after the other, from the last to the first."""

    def reduce(x, axes, keepdims):
        for axis in reversed(axes):
            x = function(x, axis, keepdims)
        return x

    return reduce


reduction("sum", torch.sum, lambda x, axes, keep: torch.sum(x, axes, keep))
reduction("mean", torch.mean, lambda x, axes, keep: x.mean(dim=axes, keepdim=keep))
reduction("prod", torch.prod, one_by_one(torch.prod))
reduction("prod", lambda x: x.reshape(-1).prod(0), one_by_one(torch.prod))
reduction("logsumexp", lambda x: torch.logsumexp(x, axes_of(None, x.dim())) if x.dim() else x.logsumexp(0),
          lambda x, axes, keep: torch.logsumexp(x, axes, keep))
reduction("max_reduce", torch.max, lambda x, axes, keep: torch.amax(x, axes, keep))
reduction("max_reduce", torch.amax, one_by_one(lambda x, axis, keep: torch.max(x, axis, keep).values))
reduction("min_reduce", torch.min, lambda x, axes, keep: torch.amin(x, axes, keep))
reduction("min_reduce", torch.amin, one_by_one(lambda x, axis, keep: torch.min(x, axis, keep).values))


@spelling
def var(x, *, axes=None, ddof=0, keepdims=False):
    return torch.var(x, some_axes(axes, x.dim()), correction=ddof, keepdim=keepdims)


@spelling
def var__mean(x, *, axes=None, ddof=0, keepdims=False):
    return torch.var_mean(x, some_axes(axes, x.dim()), correction=ddof, keepdim=keepdims)[0]


@spelling
def std(x, *, axes=None, ddof=0, keepdims=False):
    return torch.std(x, some_axes(axes, x.dim()), correction=ddof, keepdim=keepdims)


@spelling
def std__mean(x, *, axes=None, ddof=0, keepdims=False):
    return torch.std_mean(x, some_axes(axes, x.dim()), correction=ddof, keepdim=keepdims)[0]


@spelling
def norm(x, *, ord=2, axes=None, keepdims=False):
    return linalg.vector_norm(x, ord, some_axes(axes, x.dim()), keepdims)


@spelling
def norm__old(x, *, ord=2, axes=None, keepdims=False):
    return torch.norm(x, ord, some_axes(axes, x.dim()), keepdims)


def along_folded(x, axes, keepdims, function):
    """A function of the last axis, of several axes as one."""
    axes = some_axes(axes, x.dim())
    order, shape, ones = folded(x.shape, axes)
    y = function(x.permute(order).reshape(shape))
    return y.reshape(ones) if keepdims else y


@spelling
def median(x, *, axes=None, keepdims=False):
    return along_folded(x, axes, keepdims, lambda x: torch.quantile(x, 0.5, dim=-1))


@spelling
def median__own(x, *, axes=None, keepdims=False):
    def middle(x):  # of an even number PyTorch's own takes the lower
        return x.median(-1).values if x.shape[-1] % 2 else torch.quantile(x, 0.5, dim=-1, interpolation="midpoint")

    return along_folded(x, axes, keepdims, middle)


@spelling
def quantile(x, *, q, axes=None, keepdims=False, method="linear"):
    return along_folded(x, axes, keepdims, lambda x: torch.quantile(x, float(q), dim=-1, interpolation=method))


@spelling
def argmax(x, *, axis):
    return torch.argmax(x, axis)


@spelling
def argmin(x, *, axis):
    return torch.argmin(x, axis)


# Scans


def scan(name, function, first=None):
    """A scan; from the end it is one of the flipped axis. `first` stands before an exclusive one."""

    def scanned(x, axis, reverse, exclusive=False):
        flip = (lambda x: x.flip(axis)) if reverse else (lambda x: x)
        y = function(flip(x), axis)
        if exclusive and x.shape[axis]:
            head = torch.full_like(y.narrow(axis, 0, 1), first)
            y = torch.cat([head, y.narrow(axis, 0, y.shape[axis] - 1)], axis)
        return flip(y)

    def inclusive(x, *, axis, reverse=False):
        return scanned(x, axis, reverse)

    def either(x, *, axis, reverse=False, exclusive=False):
        return scanned(x, axis, reverse, exclusive)

    chosen = inclusive if first is None else either
    chosen.__name__ = name
    OPS[name] = (chosen,)


scan("cumsum", torch.cumsum, 0.0)
scan("cumprod", torch.cumprod, 1.0)
scan("cummax", lambda x, axis: torch.cummax(x, axis).values)
scan("cummin", lambda x, axis: torch.cummin(x, axis).values)
scan("cumlogsumexp", torch.logcumsumexp)


# Layout


@spelling
def reshape(x, *, shape):
    return x.reshape(shape)


@spelling
def reshape__view(x, *, shape):
    return x.contiguous().view(shape)


@spelling
def transpose(x, *, perm=None):
    return x.permute(permutation(perm, x.dim()))


@spelling
def transpose__moved(x, *, perm=None):
    return torch.movedim(x, permutation(perm, x.dim()), tuple(range(x.dim())))


@spelling
def broadcast_to(x, *, shape):
    return x.expand(shape)


@spelling
def broadcast_to__function(x, *, shape):
    return torch.broadcast_to(x, shape)


@spelling
def squeeze(x, *, axes):
    return torch.squeeze(x, axes)


@spelling
def squeeze__select(x, *, axes):
    for axis in reversed(axes_of(axes, x.dim())):
        x = x.select(axis, 0)
    return x


@spelling
def unsqueeze(x, *, axes):
    for axis in expanded_axes(axes, x.dim()):
        x = x.unsqueeze(axis)
    return x


@spelling
def unsqueeze__none(x, *, axes):
    axes = expanded_axes(axes, x.dim())
    return x[tuple(None if axis in axes else slice(None) for axis in range(x.dim() + len(axes)))]


@spelling
def slice_(x, *, start=None, stop=None, step=None):
    places = slices(x.shape, start, stop, step)
    back = [axis for axis, s in enumerate(places) if s.step is not None and s.step < 0]  # there are no such steps
    places = [forward(s, n) if axis in back else s for axis, (s, n) in enumerate(zip(places, x.shape))]
    return x.flip(back)[tuple(places)]


@spelling
def slice__selected(x, *, start=None, stop=None, step=None):
    for axis, places in enumerate(slices(x.shape, start, stop, step)):
        x = x.index_select(axis, torch.tensor(range(*places.indices(x.shape[axis])), dtype=torch.int64))
    return x


@spelling
def flip(x, *, axes):
    return torch.flip(x, axes_of(axes, x.dim()))


@spelling
def roll(x, *, shift, axis):
    return torch.roll(x, shift, axis)


@spelling
def pad(x, *, pads, mode="constant", value=0):
    flat = [n for pair in reversed(pads) for n in pair]  # from the last axis to the first
    if mode == "constant":
        return F.pad(x, flat, value=value)
    if not 1 <= x.dim() <= 3:
        raise Unsupported(f"pad of mode {mode} of more than three axes")
    largest = {"edge": math.inf, "reflect": -1, "wrap": 0}[mode]
    if any(n > size + largest for pair, size in zip(pads, x.shape) for n in pair):
        raise Unsupported(f"pad of mode {mode} by more than there is")
    return F.pad(x[None, None], flat, mode={"edge": "replicate", "wrap": "circular"}.get(mode, mode))[0, 0]


@spelling
def concat(*xs, axis):
    return torch.cat(xs, axis)


@spelling
def stack(*xs, axis):
    return torch.stack(xs, axis)


@spelling
def tile(x, *, reps):
    return torch.tile(x, reps)


@spelling
def tile__repeat(x, *, reps):
    return x.repeat((1,) * (x.dim() - len(reps)) + reps)


@spelling
def repeat(x, *, repeats, axis):
    return torch.repeat_interleave(x, repeats, axis)


@spelling
def repeat__each(x, *, repeats, axis):
    return x.repeat_interleave(torch.full((x.shape[axis],), repeats), axis)


@spelling
def diag(x, *, k=0):
    return torch.diag(x, k)


@spelling
def diag__embedded(x, *, k=0):
    return torch.diag_embed(x, k) if x.dim() == 1 else torch.diagonal(x, k)


@spelling
def diagonal(x, *, offset=0):
    return torch.diagonal(x, offset, -2, -1)


@spelling
def trace(x, *, offset=0):
    return torch.trace(x) if x.dim() == 2 and not offset else torch.diagonal(x, offset, -2, -1).sum(-1)


@spelling
def tril(x, *, k=0):
    return torch.tril(x, k)


@spelling
def triu(x, *, k=0):
    return torch.triu(x, k)


# Indexing


def within(index, n):
    """Indices counted from the front."""
    return index.remainder(max(n, 1))


@spelling
def take(x, index, *, axis):
    axis = axis_of(axis, x.dim())
    taken = x.index_select(axis, within(index, x.shape[axis]).reshape(-1))
    return taken.reshape(x.shape[:axis] + index.shape + x.shape[axis + 1 :])


@spelling
def take__brackets(x, index, *, axis):
    return x[(slice(None),) * axis_of(axis, x.dim()) + (index,)]


@spelling
def take_along_axis(x, index, *, axis):
    return torch.take_along_dim(x, within(index, x.shape[axis]), axis)


@spelling
def take_along_axis__gather(x, index, *, axis):
    axis, n = axis_of(axis, x.dim()), x.shape[axis]
    rest = torch.broadcast_shapes(*(tuple(1 if a == axis else n for a, n in enumerate(t.shape)) for t in (x, index)))
    x, index = (t.expand(*rest[:axis], t.shape[axis], *rest[axis + 1 :]) for t in (x, index))
    return torch.gather(x, axis, within(index, n))


@spelling
def scatter_add(x, index, src, *, axis):
    axis = axis_of(axis, x.dim())
    places = within(index, x.shape[axis]).reshape(-1)
    return torch.index_add(x, axis, places, src.reshape(x.shape[:axis] + places.shape + x.shape[axis + 1 :]))


@spelling
def scatter_add__put(x, index, src, *, axis):
    axis = axis_of(axis, x.dim())
    y, src = x.movedim(axis, 0), src.movedim(tuple(range(axis, axis + index.dim())), tuple(range(index.dim())))
    return torch.index_put(y, (index,), src, accumulate=True).movedim(0, axis)


def places_and_source(x, index, src, axis):
    return within(index, x.shape[axis]).expand(src.shape), src


@spelling
def scatter_add_along_axis(x, index, src, *, axis):
    return torch.scatter_add(x, axis, *places_and_source(x, index, src, axis))


@spelling
def scatter_add_along_axis__reduce(x, index, src, *, axis):
    return torch.scatter_reduce(x, axis, *places_and_source(x, index, src, axis), "sum")


def written_once(places, axis):
    """PyTorch does not say which of several values written at one place wins."""
    ordered = places.sort(axis).values
    if (ordered.diff(dim=axis) == 0).any():
        raise Unsupported("scatter with repeated indices")
    return places


@spelling
def scatter(x, index, src, *, axis):
    axis = axis_of(axis, x.dim())
    places = written_once(within(index, x.shape[axis]).reshape(-1), 0)
    return torch.index_copy(x, axis, places, src.reshape(x.shape[:axis] + places.shape + x.shape[axis + 1 :]))


@spelling
def scatter__put(x, index, src, *, axis):
    axis = axis_of(axis, x.dim())
    written_once(within(index, x.shape[axis]).reshape(-1), 0)
    y, src = x.movedim(axis, 0), src.movedim(tuple(range(axis, axis + index.dim())), tuple(range(index.dim())))
    return torch.index_put(y, (index,), src).movedim(0, axis)


@spelling
def scatter_along_axis(x, index, src, *, axis):
    places, src = places_and_source(x, index, src, axis)
    return torch.scatter(x, axis, written_once(places, axis), src)


@spelling
def segment_sum(x, index, *, num_segments):
    zeros = x.new_zeros((num_segments, *x.shape[1:]))
    return zeros.index_add(0, within(index, num_segments), x)


@spelling
def segment_max(x, index, *, num_segments):
    empty = x.new_full((num_segments, *x.shape[1:]), -math.inf)
    return empty.index_reduce(0, within(index, num_segments), x, "amax")


@spelling
def segment_max__scatter(x, index, *, num_segments):
    empty = x.new_full((num_segments, *x.shape[1:]), -math.inf)
    places = within(index, num_segments).reshape((-1,) + (1,) * (x.dim() - 1)).expand(x.shape)
    return empty.scatter_reduce(0, places, x, "amax")


@spelling
def one_hot(index, *, n):
    return F.one_hot(within(index, n), n)


@spelling
def embedding(table, index):
    if table.dim() != 2:
        raise Unsupported("embedding of a table of another rank than 2")
    return F.embedding(within(index, table.shape[0]), table)


# Sorting


@spelling
def sort(x, *, axis=-1, descending=False):
    return torch.sort(x, dim=axis, descending=descending, stable=True).values


@spelling
def argsort(x, *, axis=-1, descending=False):
    return torch.argsort(x, dim=axis, descending=descending, stable=True)


@spelling
def top_k(x, *, k, axis=-1, largest=True):
    return torch.topk(x, k, axis, largest).values


@spelling
def top_k__sort(x, *, k, axis=-1, largest=True):
    return torch.sort(x, dim=axis, descending=largest, stable=True).values.narrow(axis, 0, k)


# Products and factorisations


@spelling
def tensordot(a, b, *, axes=2):
    return torch.tensordot(a, b, paired(axes, a.dim()))


@spelling
def einsum(*xs, equation):
    return torch.einsum(equation, *xs)


@spelling
def cross(a, b, *, axis=-1):
    rank = max(a.dim(), b.dim())
    return linalg.cross(*torch.broadcast_tensors(a, b), dim=axis_of(axis, rank))


@spelling
def cross__old(a, b, *, axis=-1):
    rank = max(a.dim(), b.dim())
    return torch.cross(*torch.broadcast_tensors(a, b), dim=axis_of(axis, rank))


@spelling
def cholesky(a, *, lower=True):
    return linalg.cholesky(symmetric(a), upper=not lower)


@spelling
def cholesky__ex(a, *, lower=True):
    factor = linalg.cholesky_ex(symmetric(a)).L
    return factor if lower else factor.mT


@spelling
def triangular_solve(a, b, *, lower, transpose=False, unit_diagonal=False):
    shape, is_vector = solve_operands(a, b)
    a = a.mT if transpose else a
    x = linalg.solve_triangular(a, b.reshape(shape), upper=lower == transpose, unitriangular=unit_diagonal)
    return x.squeeze(-1) if is_vector else x


@spelling
def solve(a, b):
    shape, is_vector = solve_operands(a, b)
    x = linalg.solve(a, b.reshape(shape))
    return x.squeeze(-1) if is_vector else x


@spelling
def solve__lu(a, b):
    shape, is_vector = solve_operands(a, b)
    x = linalg.lu_solve(*linalg.lu_factor(a), b.reshape(shape))
    return x.squeeze(-1) if is_vector else x


@spelling
def solve__right(a, b):
    shape, is_vector = solve_operands(a, b)
    x = linalg.solve(a.mT, b.reshape(shape).mT, left=False).mT
    return x.squeeze(-1) if is_vector else x


@spelling
def matrix_power(a, *, n):
    return linalg.matrix_power(a, n)


@spelling
def pinv(a, *, rcond=1e-15):
    return linalg.pinv(a, rtol=rcond)


# Neural


@spelling
def softmax(x, *, axis):
    return F.softmax(x, axis)


@spelling
def log_softmax(x, *, axis):
    return F.log_softmax(x, axis)


@spelling
def cross_entropy(logits, labels, *, reduction="mean"):
    classes = logits.shape[1 if logits.dim() > 1 else 0]
    return F.cross_entropy(logits, within(labels, classes), reduction=reduction)


@spelling
def cross_entropy__nll(logits, labels, *, reduction="mean"):
    axis = 1 if logits.dim() > 1 else 0
    return F.nll_loss(F.log_softmax(logits, axis), within(labels, logits.shape[axis]), reduction=reduction)


@spelling
def layer_norm(x, weight, bias, *, axis=-1, eps=1e-5):
    return F.layer_norm(x, x.shape[axis_of(axis, x.dim()) :], weight, bias, eps)


@spelling
def rms_norm(x, weight, *, eps=1e-6):
    return F.rms_norm(x, x.shape[-1:], weight, eps)


@spelling
def group_norm(x, weight, bias, *, groups, eps=1e-5):
    return F.group_norm(x, groups, weight, bias, eps)


@spelling
def batch_norm_train(x, weight, bias, *, eps=1e-5):
    return F.batch_norm(x, None, None, weight, bias, True, 0.1, eps)


@spelling
def attention(q, k, v, *, causal=False):
    return F.scaled_dot_product_attention(q, k, v, is_causal=causal)


@spelling
def attention__composed(q, k, v, *, causal=False):
    scores = torch.matmul(q, k.mT) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    return torch.matmul(F.softmax(scores, -1), v)


def convolution(count):
    own = getattr(F, f"conv{count}d")

    def conv(x, w, *, stride=1, padding=0, dilation=1, groups=1):
        return own(x, w, None, *(per_axis(value, count) for value in (stride, padding, dilation)), groups)

    return conv


def transposed_convolution(count):
    own = getattr(F, f"conv_transpose{count}d")

    def conv(x, w, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
        stride, padding, output_padding, dilation = (
            per_axis(value, count) for value in (stride, padding, output_padding, dilation))
        return own(x, w, None, stride, padding, output_padding, groups, dilation)

    return conv


def pool(name):
    own = getattr(F, name)

    def largest(x, *, kernel, stride=None, padding=0):
        return own(x, *windows(x, kernel, stride, padding))

    def mean(x, *, kernel, stride=None, padding=0, count_include_pad=True):
        return own(x, *windows(x, kernel, stride, padding), False, count_include_pad)

    return largest if name.startswith("max") else mean


for dimensions in (1, 2, 3):
    OPS[f"conv{dimensions}d"] = (convolution(dimensions),)
    OPS[f"conv_transpose{dimensions}d"] = (transposed_convolution(dimensions),)
    OPS[f"max_pool{dimensions}d"] = (pool(f"max_pool{dimensions}d"),)
    OPS[f"avg_pool{dimensions}d"] = (pool(f"avg_pool{dimensions}d"),)


def scaled(x, scale):
    return tuple(n * s for n, s in zip(x.shape[2:], per_axis(scale, x.dim() - 2)))


@spelling
def upsample_nearest(x, *, scale):
    return F.interpolate(x, size=scaled(x, scale), mode="nearest")


@spelling
def upsample_nearest__exact(x, *, scale):
    factors = tuple(map(float, per_axis(scale, x.dim() - 2)))
    return F.interpolate(x, scale_factor=factors, mode="nearest-exact")


@spelling
def upsample_bilinear(x, *, scale, align_corners=False):
    return F.interpolate(x, size=scaled(x, scale), mode="bilinear", align_corners=align_corners)


@spelling
def upsample_bilinear__factor(x, *, scale, align_corners=False):
    factors = tuple(map(float, per_axis(scale, 2)))
    return F.interpolate(x, scale_factor=factors, mode="bilinear", align_corners=align_corners)


# Views: the same numbers, laid out otherwise


def transposed(x):
    return x.transpose(0, -1).contiguous().transpose(0, -1) if x.dim() > 1 else x.clone()


def narrowed(x):
    return torch.cat([x, x]).narrow(0, x.shape[0], x.shape[0]) if x.dim() else torch.stack([x, x])[1]


def stepped(x):
    return torch.stack([x, x], -1)[..., 1]


def expanded(x):
    return x.unsqueeze(0).expand(2, *x.shape)[1]


def differentiated(program, leaves, cotangents, create_graph=False):
    """The outputs, and the gradient by each leaf."""
    outputs = program(leaves)
    flowing = [pair for pair in zip(outputs, cotangents(outputs)) if pair[0].requires_grad]
    if not flowing:
        return outputs, [None] * len(leaves)
    ys, cts = zip(*flowing)
    return outputs, torch.autograd.grad(ys, leaves, cts, create_graph=create_graph, allow_unused=True)


class PyTorch(Engine):
    name, version = "pytorch", torch.__version__
    modes = ("gradient", "jvp", "hvp")
    ops, numbers = OPS, NUMBERS
    refusals = (
        "Output size is too small", "Input and output sizes should be greater than 0", "on-empty", "Expected more than 1 value",
        "Only zero batch or zero channel inputs", "Can not infer total number of classes", "non-zero size", "to be greater than 0",
        "at most half of effective kernel size", "(batch mode)", "expected weight to be at least 1",
        "is singular", "not positive-definite", "is zero and using it on lu_solve",
    )
    no_rule = ("is not implemented",)
    views = (transposed, narrowed, stepped, expanded)

    def tensor(self, array):
        return torch.from_numpy(array.copy())

    def integers(self, x):
        return x.detach().long() if torch.is_tensor(x) else torch.from_numpy(x)

    def floats(self, x, dtype):
        return x if x.is_floating_point() else x.to(DTYPES[dtype.__name__])

    def array(self, x):
        return x.detach().numpy(force=True)

    def gradient(self, program, params, cotangents):
        return differentiated(program, [x.detach().requires_grad_() for x in params], cotangents)

    def jvp(self, program, params, tangents):
        if not params:
            return [torch.zeros_like(y) for y in program(params)]
        return torch.func.jvp(lambda *xs: tuple(program(xs)), tuple(params), tuple(tangents))[1]

    def hvp(self, program, params, cotangents, direction):
        leaves = [x.detach().requires_grad_() for x in params]
        gradients = differentiated(program, leaves, cotangents, create_graph=True)[1]
        flowing = [pair for pair in zip(gradients, direction) if pair[0] is not None and pair[0].requires_grad]
        if not flowing:
            return [torch.zeros_like(x) for x in params]
        gradients, direction = zip(*flowing)
        # a gradient that does not depend on a param has a derivative of zeros
        return torch.autograd.grad(gradients, leaves, direction, materialize_grads=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(PyTorch())
