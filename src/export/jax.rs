//! A stand-alone program for JAX.

use super::alike::{alike, factored, solved};
use super::python::{Call, Target, literal, truth, tuple, write};
use super::{Format, Package, Part};
use crate::graph::Dtype;
use crate::tensor::resolve_axis;

pub(super) const FORMAT: Format = Format {
    name: "jax",
    doc: "a Python program that prints value and gradient as JAX has them",
    is_whole: true,
    package: Some(Package::Python(
        "jax",
        &[(Part::Jvp, JVP), (Part::Hvp, HVP)],
    )),
    write: |case| write(case, &TARGET),
};

const JVP: &str = r"
def jvp(tangents):
    return jax.jvp(program, tuple(params.values()), tuple(tangents))[1]
";

const HVP: &str = r"
def hvp(direction):
    def gradient(*at):
        return jax.vjp(program, *at)[1](tuple(cotangents))

    return jax.jvp(gradient, tuple(params.values()), tuple(direction))[1]
";

const TARGET: Target = Target {
    format: "jax",
    prologue: r#"# Written by secant. Prints {"value": .., "gradient": ..} as JAX computes them.
import json
import math
from math import inf, nan

import jax
import jax.numpy as jnp
import jax.scipy.special as special

jax.config.update("jax_enable_x64", True)
dtype = jnp.DTYPE


def constant(data, shape):
    return jnp.asarray(data, dtype=dtype).reshape(shape)


def index(data, shape):
    return jnp.asarray(data, dtype=jnp.int64).reshape(shape)


def flat(x):
    return [x if math.isfinite(x) else str(x) for x in jnp.ravel(x).tolist()]
"#,
    helpers: &[
        (
            "fold",
            r"
def fold(x, axes):  # the axes as one, last
    kept = [axis for axis in range(x.ndim) if axis not in axes]
    sizes = [x.shape[axis] for axis in kept] + [math.prod(x.shape[axis] for axis in axes)]
    return jnp.transpose(x, kept + list(axes)).reshape(sizes)
",
        ),
        (
            "normalised",
            r"
def normalised(x, axes, eps):
    distance = x - jnp.mean(x, axis=axes, keepdims=True)
    return distance * jax.lax.rsqrt(jnp.mean(jnp.square(distance), axis=axes, keepdims=True) + eps)
",
        ),
        (
            "rms_norm",
            r"
def rms_norm(x, weight, eps):
    return x * jax.lax.rsqrt(jnp.mean(jnp.square(x), axis=-1, keepdims=True) + eps) * weight
",
        ),
        (
            "signed_qr",
            r"
def signed_qr(a):  # with a diagonal of R that is not negative
    q, r = jnp.linalg.qr(a)
    sign = jax.lax.stop_gradient(jnp.where(jnp.diagonal(r, 0, -2, -1) < 0, -1, 1).astype(a.dtype))
    return q * sign[..., None, :], r * sign[..., :, None]
",
        ),
        (
            "with_signs",
            r"
def with_signs(v):  # columns whose first component of at least 0.6 times the largest is positive
    if not v.size:
        return v
    fixed = jax.lax.stop_gradient(v)
    size = jnp.abs(fixed)
    leads = jnp.argmax(size >= 0.6 * jnp.max(size, -2, keepdims=True), -2, keepdims=True)
    return v * jnp.where(jnp.take_along_axis(fixed, leads, -2) < 0, -1, 1).astype(v.dtype)
",
        ),
        (
            "triangular_solve",
            r"
def triangular_solve(a, b, lower, transpose, unit_diagonal):
    batch = jnp.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = (jnp.broadcast_to(x, batch + x.shape[-2:]) for x in (a, b))
    return jax.lax.linalg.triangular_solve(
        a, b, left_side=True, lower=lower, transpose_a=transpose, unit_diagonal=unit_diagonal
    )
",
        ),
        (
            "dot_product_attention",
            r"
def dot_product_attention(q, k, v, causal):  # of (batch, places, heads, width)
    batch = jnp.broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
    q, k, v = (
        jnp.broadcast_to(x, batch + x.shape[-2:]).reshape((-1, x.shape[-2], 1, x.shape[-1]))
        for x in (q, k, v)
    )
    y = jax.nn.dot_product_attention(q, k, v, is_causal=causal)
    return y.reshape(batch + (y.shape[1], y.shape[3]))
",
        ),
        (
            "attention",
            r"
def attention(q, k, v, causal):
    scores = jnp.matmul(q, jnp.swapaxes(k, -1, -2)) / math.sqrt(q.shape[-1])
    if causal:
        scores = jnp.where(jnp.tril(jnp.ones(scores.shape[-2:], dtype=bool)), scores, -inf)
    return jnp.matmul(jax.nn.softmax(scores, axis=-1), v)
",
        ),
        (
            "convolution",
            r"
def convolution(x, w, stride, padding, dilation, groups):
    return jax.lax.conv_general_dilated(
        x, w, stride, [(p, p) for p in padding], rhs_dilation=dilation, feature_group_count=groups
    )
",
        ),
        (
            "transposed_convolution",
            r"
def transposed_convolution(x, w, stride, padding, output_padding, dilation, groups):
    kernel = w.shape[2:]
    w = jnp.swapaxes(w.reshape((groups, w.shape[0] // groups) + w.shape[1:]), 1, 2)
    w = jnp.flip(w.reshape((-1,) + w.shape[2:]), range(2, 2 + len(kernel)))
    low = [d * (k - 1) - p for d, k, p in zip(dilation, kernel, padding)]
    pads = [(n, n + more) for n, more in zip(low, output_padding)]
    return jax.lax.conv_general_dilated(
        x, w, (1,) * len(kernel), pads, lhs_dilation=stride, rhs_dilation=dilation, feature_group_count=groups
    )
",
        ),
        (
            "windows",
            r"
def windows(x, first, fold, kernel, stride, padding):
    pads = [(0, 0), (0, 0)] + [(p, p) for p in padding]
    return jax.lax.reduce_window(x, jnp.asarray(first, x.dtype), fold, (1, 1) + kernel, (1, 1) + stride, pads)
",
        ),
        (
            "take",
            r"
def take(x, places, axis):
    return jnp.take(x, places.astype(int) % max(x.shape[axis], 1), axis=axis)
",
        ),
        (
            "take_along_axis",
            r"
def take_along_axis(x, places, axis):
    return jnp.take_along_axis(x, places.astype(int) % max(x.shape[axis], 1), axis=axis)
",
        ),
        (
            "scatter_add",
            r"
def scatter_add(x, places, source, axis):
    return x.at[(slice(None),) * axis + (places.astype(int),)].add(source)
",
        ),
        (
            "scatter_add_along_axis",
            r"
def scatter_add_along_axis(x, places, source, axis):
    places, source = jnp.broadcast_arrays(places.astype(int), source)
    grid = list(jnp.indices(source.shape, sparse=True))
    grid[axis] = places
    return x.at[tuple(grid)].add(source)
",
        ),
        (
            "scatter",
            r"
def scatter(x, places, source, axis):
    return x.at[(slice(None),) * axis + (places.astype(int),)].set(source)
",
        ),
        (
            "scatter_along_axis",
            r"
def scatter_along_axis(x, places, source, axis):
    places, source = jnp.broadcast_arrays(places.astype(int), source)
    grid = list(jnp.indices(source.shape, sparse=True))
    grid[axis] = places
    return x.at[tuple(grid)].set(source)
",
        ),
        (
            "erfcx",
            r"
def erfcx(x):  # e^(x^2) erfc(x), by the asymptotic series before its factors leave the range of numbers
    near, far = jnp.where(x < 9.0, x, 0.0), jnp.where(x < 9.0, 9.0, x)
    series = jnp.zeros_like(x)
    for k in range(14, -1, -1):
        series = 1.0 - (2 * k + 1) / (2.0 * far * far) * series
    return jnp.where(x < 9.0, jnp.exp(near * near) * special.erfc(near), series / (far * math.sqrt(math.pi)))
",
        ),
        (
            "dropout",
            r"
def dropout(x, kept, rate):
    return jnp.where(jnp.asarray(kept, dtype=bool).reshape(x.shape), x / (1.0 - rate), 0.0)
",
        ),
        (
            "shifted",
            r"
def shifted(x, axis, first):  # one place towards the end, with `first` before
    head = jnp.full_like(jax.lax.slice_in_dim(x, 0, min(1, x.shape[axis]), axis=axis), first)
    return jnp.concatenate([head, jax.lax.slice_in_dim(x, 0, max(x.shape[axis] - 1, 0), axis=axis)], axis=axis)
",
        ),
        (
            "cross_entropy",
            r#"
def cross_entropy(logits, labels, axis, reduction):
    logits = jax.nn.log_softmax(logits, axis=axis)
    places = jnp.expand_dims(labels.astype(int) % logits.shape[axis], axis)
    losses = -jnp.squeeze(jnp.take_along_axis(logits, places, axis=axis), axis)
    return {"mean": jnp.mean, "sum": jnp.sum, "none": lambda x: x}[reduction](losses)
"#,
        ),
        (
            "recurrence",
            r"
def recurrence(a, b, axis, reverse):  # 0, then a z + b of the place before
    a, b = (jnp.moveaxis(x, axis, 0) for x in jnp.broadcast_arrays(a, b))
    step = lambda z, ab: (ab[0] * z + ab[1], z)
    values = jax.lax.scan(step, jnp.zeros(a.shape[1:], dtype), (a, b), reverse=reverse)[1]
    return jnp.moveaxis(values, 0, axis)
",
        ),
    ],
    epilogue: r#"
values, pullback = jax.vjp(program, *params.values())
gradients = pullback(tuple(cotangents))
answer = {
    "value": {name: flat(y) for name, y in zip(outputs, values)},
    "gradient": {name: flat(g) for name, g in zip(params, gradients)},
}
print(json.dumps(answer))
"#,
    taken: &["jax", "jnp", "special"],
    cast: "{0}.astype(dtype)",
    same: (
        "jnp",
        &[
            "abs",
            "sign",
            "square",
            "sqrt",
            "cbrt",
            "exp",
            "exp2",
            "expm1",
            "log",
            "log2",
            "log10",
            "log1p",
            "sin",
            "cos",
            "tan",
            "sinh",
            "cosh",
            "tanh",
            "sinc",
            "floor",
            "ceil",
            "round",
            "trunc",
            "hypot",
            "logaddexp",
            "copysign",
            "fmod",
            "remainder",
        ],
    ),
    spelled: &[
        ("recip", "1.0 / {0}"),
        ("rsqrt", "jax.lax.rsqrt({0})"),
        ("exp10", "jnp.power(10.0, {0})"),
        ("asin", "jnp.arcsin({0})"),
        ("acos", "jnp.arccos({0})"),
        ("atan", "jnp.arctan({0})"),
        ("asinh", "jnp.arcsinh({0})"),
        ("acosh", "jnp.arccosh({0})"),
        ("atanh", "jnp.arctanh({0})"),
        ("sigmoid", "jax.nn.sigmoid({0})"),
        ("log_sigmoid", "jax.nn.log_sigmoid({0})"),
        ("logit", "special.logit({0})"),
        ("softplus", "jax.nn.softplus({0})"),
        ("softsign", "jax.nn.soft_sign({0})"),
        ("relu", "jax.nn.relu({0})"),
        ("relu6", "jax.nn.relu6({0})"),
        ("leaky_relu", "jax.nn.leaky_relu({0}, {slope})"),
        ("elu", "jax.nn.elu({0}, {alpha})"),
        ("selu", "jax.nn.selu({0})"),
        ("celu", "jax.nn.celu({0}, {alpha})"),
        ("gelu", "jax.nn.gelu({0}, approximate=False)"),
        ("gelu_tanh", "jax.nn.gelu({0}, approximate=True)"),
        ("silu", "jax.nn.silu({0})"),
        ("mish", "jax.nn.mish({0})"),
        ("hard_tanh", "jax.nn.hard_tanh({0})"),
        ("hard_sigmoid", "jax.nn.hard_sigmoid({0})"),
        ("hard_swish", "jax.nn.hard_swish({0})"),
        ("erf", "special.erf({0})"),
        ("erfc", "special.erfc({0})"),
        ("erfcx", "erfcx({0})"),
        ("erfinv", "special.erfinv({0})"),
        ("lgamma", "special.gammaln({0})"),
        ("digamma", "special.digamma({0})"),
        ("trigamma", "special.polygamma(1, {0})"),
        ("polygamma", "special.polygamma({n}, {0})"),
        ("normal_cdf", "special.ndtr({0})"),
        ("log_normal_cdf", "special.log_ndtr({0})"),
        ("bessel_i0", "special.i0({0})"),
        ("bessel_i1", "special.i1({0})"),
        ("ierfcx", "ierfcx({0}, {n})"),
        ("bessel_i", "bessel_i({0}, {n})"),
        ("xlogx", "special.xlogy({0}, {0})"),
        ("xlogy", "special.xlogy({0}, {1})"),
        ("xlog1py", "special.xlog1py({0}, {1})"),
        ("powc", "jnp.power({0}, {exponent})"),
        ("powi", "jax.lax.integer_pow({0}, {n})"),
        ("clamp", "jnp.clip({0}, {lo}, {hi})"),
        ("pow", "jnp.power({0}, {1})"),
        ("atan2", "jnp.arctan2({0}, {1})"),
        ("max", "jnp.maximum({0}, {1})"),
        ("min", "jnp.minimum({0}, {1})"),
        ("gt", "({0} > {1}).astype(dtype)"),
        ("ge", "({0} >= {1}).astype(dtype)"),
        ("lt", "({0} < {1}).astype(dtype)"),
        ("le", "({0} <= {1}).astype(dtype)"),
        ("eq", "({0} == {1}).astype(dtype)"),
        ("ne", "({0} != {1}).astype(dtype)"),
        ("strong_mul", "jnp.where({0} == 0, 0.0, {0} * {1})"),
        ("where", "jnp.where({0} != 0, {1}, {2})"),
    ],
    structural,
    conventions: &[
        ("abs", "at 0 the gradient is 1 in JAX, 0 in secant"),
        (
            "hard_tanh",
            "at -1 and 1 the gradient is 1 in JAX, 0 in secant",
        ),
        (
            "hypot",
            "at the origin the gradient is NaN in JAX, 0 in secant",
        ),
        (
            "atan2",
            "at the origin the gradient is NaN in JAX, 0 in secant",
        ),
        (
            "leaky_relu",
            "at 0 the gradient is 1 in JAX, the slope in secant",
        ),
        (
            "clamp",
            "at a bound the gradient is half in JAX, 1 in secant",
        ),
        (
            "std",
            "where all are equal the gradient is NaN in JAX, 0 in secant",
        ),
        (
            "norm",
            "at the origin the gradient is NaN in JAX, 0 in secant",
        ),
        (
            "cummax",
            "at ties the gradient is shared in JAX, the first's in secant",
        ),
        (
            "cummin",
            "at ties the gradient is shared in JAX, the first's in secant",
        ),
        ("median", "at ties the places that are chosen may differ"),
        ("quantile", "at ties the places that are chosen may differ"),
        (
            "strong_mul",
            "where the first is 0 the gradient may be NaN in JAX",
        ),
    ],
};

fn structural(call: &Call<'_>) -> Option<String> {
    let kinds: [fn(&Call<'_>) -> Option<String>; 9] = [
        reductions, scans, layout, copies, places, products, matrices, layers, windows,
    ];
    let own = kinds.iter().find_map(|kind| kind(call));
    own.or_else(|| alike(call, "jnp"))
}

/// Several numbers folded into one.
fn reductions(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let keepdims = truth(call.flag("keepdims"));
    let shape = tuple(call.shape.iter());
    let reduced = |name: &str| {
        Some(format!(
            "{name}({x}, axis={}, keepdims={keepdims})",
            tuple(call.axes()?)
        ))
    };
    let folded = || Some(format!("fold({x}, {})", tuple(call.axes()?)));
    let axes = || call.given_axes();
    Some(match call.op {
        "sum" | "mean" | "prod" => reduced(&format!("jnp.{}", call.op))?,
        "logsumexp" => reduced("jax.nn.logsumexp")?,
        "max_reduce" => reduced("jnp.max")?,
        "min_reduce" => reduced("jnp.min")?,
        "norm" => {
            let ord = literal(call.number("ord")?, Dtype::F64);
            format!(
                "jnp.linalg.norm({}, ord={ord}, axis=-1).reshape({shape})",
                folded()?
            )
        }
        "median" => format!("jnp.median({x}, {}, keepdims={keepdims})", axes()?),
        "quantile" => {
            let method = call.word("method").unwrap_or("linear");
            let q = literal(call.number("q")?, Dtype::F64);
            format!(
                "jnp.quantile({x}, {q}, {}, keepdims={keepdims}, method=\"{method}\")",
                axes()?
            )
        }
        "var" | "std" => {
            let ddof = call.integer("ddof")?;
            format!(
                "jnp.{}({x}, {}, ddof={ddof}, keepdims={keepdims})",
                call.op,
                axes()?
            )
        }
        "argmax" | "argmin" => format!(
            "jnp.{}({x}, axis={}).astype(dtype)",
            call.op,
            call.axis("axis")?
        ),
        _ => return None,
    })
}

/// Along an axis, which stays.
fn scans(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "cumsum" | "cumprod" | "cummax" | "cummin" | "cumlogsumexp" => {
            let (axis, reverse) = (call.axis("axis")?, call.flag("reverse"));
            if !call.flag("exclusive") {
                return Some(format!(
                    "jax.lax.{}({x}, axis={axis}, reverse={})",
                    call.op,
                    truth(reverse)
                ));
            }
            call.scanned(
                axis,
                |x| format!("jnp.flip({x}, {axis})"),
                |x| format!("jax.lax.{}({x}, axis={axis})", call.op),
            )
        }
        "sort" | "argsort" | "top_k" => {
            let axis = call.axis("axis")?;
            let descending = truth(call.flag("descending") || call.flag("largest"));
            let places =
                format!("jnp.argsort({x}, axis={axis}, stable=True, descending={descending})");
            match call.op {
                "argsort" => format!("{places}.astype(dtype)"),
                "sort" => format!("jnp.take_along_axis({x}, {places}, axis={axis})"),
                _ => {
                    let first = format!(
                        "jax.lax.slice_in_dim({places}, 0, {}, axis={axis})",
                        call.integer("k")?
                    );
                    format!("jnp.take_along_axis({x}, {first}, axis={axis})")
                }
            }
        }
        _ => return None,
    })
}

/// The same numbers in another place or shape, or without their gradient.
fn layout(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "transpose" => format!("jnp.transpose({x}, {})", tuple(call.perm()?)),
        "slice" => call.sliced()?,
        "pad" => {
            let pads = call.pads()?;
            let pairs = tuple(pads.iter().map(|&(lo, hi)| tuple([lo, hi])));
            match call.word("mode")? {
                _ if pads.is_empty() => x.clone(),
                "constant" => {
                    let value = literal(call.number("value")?, Dtype::F64);
                    format!("jnp.pad({x}, {pairs}, constant_values={value})")
                }
                mode => format!("jnp.pad({x}, {pairs}, mode=\"{mode}\")"),
            }
        }
        "stop_gradient" => format!("jax.lax.stop_gradient({x})"),
        _ => return None,
    })
}

/// Several tensors made one, or one several times.
fn copies(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "concat" => format!(
            "jnp.concatenate([{}], axis={})",
            call.args.join(", "),
            call.axis("axis")?
        ),
        "stack" => format!(
            "jnp.stack([{}], axis={})",
            call.args.join(", "),
            call.integer("axis")?
        ),
        "repeat" => format!(
            "jnp.repeat({x}, {}, axis={})",
            call.integer("repeats")?,
            call.axis("axis")?
        ),
        _ => return None,
    })
}

/// By an index.
fn places(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "segment_sum" | "segment_max" => {
            let count = call.integer("num_segments")?;
            let places = format!("{}.astype(int) % {}", call.args[1], count.max(1));
            format!("jax.ops.{}({x}, {places}, {count})", call.op)
        }
        "one_hot" => {
            let n = call.integer("n")?;
            let places = format!("{x}.astype(int) % {}", n.max(1));
            format!("jax.nn.one_hot({places}, {n}, dtype=dtype)")
        }
        _ => return None,
    })
}

/// Of several tensors.
fn products(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let shape = tuple(call.shape.iter());
    Some(match call.op {
        "cross" => {
            let axis = resolve_axis(call.integer("axis")?, call.shape.rank()).ok()?;
            let args = format!("*jnp.broadcast_arrays({x}, {})", call.args[1]);
            format!("jnp.cross({args}, axis={axis})")
        }
        "outer" => format!("jnp.outer({x}, {}).reshape({shape})", call.args[1]),
        _ => return None,
    })
}

/// Of a matrix: its factors and inverses.
fn matrices(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "cholesky" => {
            let upper = truth(!call.flag("lower"));
            format!("jnp.linalg.cholesky({x}, upper={upper})")
        }
        "slogdet" => format!("jnp.linalg.slogdet({x})[1]"),
        "eigh_values" => format!("jnp.linalg.eigh({x})[0]"),
        "eigh_vectors" => format!("with_signs(jnp.linalg.eigh({x})[1])"),
        "expm" => format!("jax.scipy.linalg.expm({x})"),
        "solve" => solved(call, "jnp.linalg.solve", ""),
        "triangular_solve" => {
            let flags = ["lower", "transpose", "unit_diagonal"];
            let flags = flags.map(|flag| truth(call.flag(flag)));
            solved(call, "triangular_solve", &format!(", {}", flags.join(", ")))
        }
        _ => return factored(call, "jnp"),
    })
}

/// What networks are made of.
fn layers(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "softmax" | "log_softmax" => {
            format!("jax.nn.{}({x}, axis={})", call.op, call.axis("axis")?)
        }
        "cross_entropy" => {
            let axis = if call.shapes[0].rank() > 1 { 1 } else { 0 };
            format!(
                "cross_entropy({x}, {}, {axis}, \"{}\")",
                call.args[1],
                call.word("reduction")?
            )
        }
        "layer_norm" => {
            let axes = tuple(call.axis("axis")?..call.shape.rank());
            let eps = literal(call.number("eps")?, Dtype::F64);
            let [weight, bias] = [&call.args[1], &call.args[2]];
            format!("normalised({x}, {axes}, {eps}) * {weight} + {bias}")
        }
        "rms_norm" => format!(
            "rms_norm({x}, {}, {})",
            call.args[1],
            literal(call.number("eps")?, Dtype::F64)
        ),
        "group_norm" | "batch_norm_train" => by_channel(call)?,
        "attention" => {
            let causal = truth(call.flag("causal"));
            // JAX's own takes values that are as wide as the queries
            let function = match call.shapes[0].last() == call.shapes[2].last() {
                true => "dot_product_attention",
                false => "attention",
            };
            format!("{function}({}, {causal})", call.args.join(", "))
        }
        _ => return None,
    })
}

/// Convolutions, pools, and images of another size.
fn windows(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "conv1d" | "conv2d" | "conv3d" => format!(
            "convolution({x}, {}, {}, {}, {}, {})",
            call.args[1],
            tuple(call.per_axis("stride")?),
            tuple(call.per_axis("padding")?),
            tuple(call.per_axis("dilation")?),
            call.integer("groups")?
        ),
        "conv_transpose1d" | "conv_transpose2d" | "conv_transpose3d" => format!(
            "transposed_convolution({x}, {}, {}, {}, {}, {}, {})",
            call.args[1],
            tuple(call.per_axis("stride")?),
            tuple(call.per_axis("padding")?),
            tuple(call.per_axis("output_padding")?),
            tuple(call.per_axis("dilation")?),
            call.integer("groups")?
        ),
        "max_pool1d" | "max_pool2d" | "max_pool3d" | "avg_pool1d" | "avg_pool2d" | "avg_pool3d" => {
            let kernel = call.per_axis("kernel")?;
            let size: i64 = kernel.iter().product();
            let windows = [kernel, call.pool_stride()?, call.per_axis("padding")?];
            let windows = windows.map(tuple).join(", ");
            let sums = |x: &str| format!("windows({x}, 0.0, jax.lax.add, {windows})");
            match (call.op.starts_with("max"), call.flag("count_include_pad")) {
                (true, _) => format!("windows({x}, -inf, jax.lax.max, {windows})"),
                (false, true) => format!("{} / {size}", sums(x)),
                (false, false) => {
                    format!("{} / {}", sums(x), sums(&format!("jnp.ones_like({x})")))
                }
            }
        }
        "upsample_nearest" => {
            let scales = call.per_axis("scale")?;
            let repeated = |x: String, (axis, scale): (usize, i64)| {
                format!("jnp.repeat({x}, {scale}, axis={})", axis + 2)
            };
            scales.into_iter().enumerate().fold(x.clone(), repeated)
        }
        "upsample_bilinear" if !call.flag("align_corners") => {
            let shape = tuple(call.shape.iter());
            format!("jax.image.resize({x}, {shape}, \"bilinear\")")
        }
        _ => return None,
    })
}

/// Normalised in groups of channels, or each channel over the batch; with a weight and a bias a channel.
fn by_channel(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let shape = tuple(call.shape.iter());
    let eps = literal(call.number("eps")?, Dtype::F64);
    let column = tuple((0..call.shape.rank()).map(|axis| match axis {
        1 => call.shape[1],
        _ => 1,
    }));
    let [weight, bias] = [1, 2].map(|i| format!("{}.reshape({column})", call.args[i]));
    let normalised = match call.integer("groups") {
        Some(groups) => {
            let count = call.shape[1..].iter().product::<usize>();
            let lane = count / usize::try_from(groups).ok()?;
            let lanes = tuple([call.shape[0], groups as usize, lane]);
            format!("normalised({x}.reshape({lanes}), (2,), {eps}).reshape({shape})")
        }
        None => {
            let axes = tuple((0..call.shape.rank()).filter(|&axis| axis != 1));
            format!("normalised({x}, {axes}, {eps})")
        }
    };
    Some(format!("{normalised} * {weight} + {bias}"))
}
