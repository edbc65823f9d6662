//! A stand-alone program for TensorFlow, whose spatial operations want the channels last on processors.

use super::alike::{alike, right_side};
use super::python::{Call, Target, literal, truth, tuple, write};
use super::{Format, Package, Part};
use crate::graph::Dtype;
use crate::tensor::resolve_axis;

pub(super) const FORMAT: Format = Format {
    name: "tensorflow",
    doc: "a Python program that prints value and gradient as TensorFlow has them",
    is_whole: true,
    package: Some(Package::Python(
        "tensorflow-cpu",
        &[(Part::Jvp, JVP), (Part::Hvp, HVP)],
    )),
    write: |case| write(case, &TARGET),
};

const JVP: &str = r"
def jvp(tangents):
    with tf.autodiff.ForwardAccumulator(list(params.values()), tangents) as accumulator:
        ys = program(*params.values())
    return [accumulator.jvp(y, tf.UnconnectedGradients.ZERO) for y in ys]
";

const HVP: &str = r"
def hvp(direction):
    leaves = list(params.values())
    with tf.GradientTape() as outer:
        outer.watch(leaves)
        with tf.GradientTape() as inner:
            inner.watch(leaves)
            ys = program(*leaves)
        slopes = inner.gradient(ys, leaves, cotangents)
        slopes = [None if g is None else tf.convert_to_tensor(g) for g in slopes]
    flowing = [(g, u) for g, u in zip(slopes, direction) if g is not None]
    if not flowing:
        return [tf.zeros_like(x) for x in leaves]
    slopes, direction = map(list, zip(*flowing))
    return outer.gradient(slopes, leaves, direction, tf.UnconnectedGradients.ZERO)
";

const TARGET: Target = Target {
    format: "tensorflow",
    prologue: r#"# Written by secant. Prints {"value": .., "gradient": ..} as TensorFlow computes them.
import json
import math
import os
from math import inf, nan

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

dtype = tf.DTYPE


def constant(data, shape):
    return tf.reshape(tf.constant(data, dtype), shape)


def index(data, shape):
    return tf.reshape(tf.constant(data, tf.int64), shape)


def flat(x):
    numbers = tf.reshape(tf.cast(x, tf.float64), (-1,)).numpy().tolist()
    return [x if math.isfinite(x) else str(x) for x in numbers]
"#,
    helpers: &[
        (
            "copysign",
            r"
def copysign(x, z):
    return tf.abs(x) * tf.where((z < 0.0) | (1.0 / z < 0.0), -tf.ones_like(z), tf.ones_like(z))
",
        ),
        (
            "log_normal_cdf",
            r"
def log_normal_cdf(x):  # far on the left by what is left of it without e^(-x^2 / 2)
    left, right = tf.minimum(x, -1.0), tf.maximum(x, -1.0)
    tail = tf.math.log(erfcx(-left * math.sqrt(0.5)) / 2.0) - left * left / 2.0
    return tf.where(x < -1.0, tail, tf.math.log(normal_cdf(right)))
",
        ),
        (
            "normal_cdf",
            r"
def normal_cdf(x):
    return 0.5 * tf.math.erfc(-math.sqrt(0.5) * x)
",
        ),
        (
            "bessel",
            r"
def bessel(x, n):
    own = {0: tf.math.bessel_i0, 1: tf.math.bessel_i1}
    return own[n](x) if n in own else bessel_i(x, n)
",
        ),
        (
            "elu",
            r"
def elu(x, alpha):
    return tf.nn.elu(x) if alpha == 1 else tf.where(x > 0, x, alpha * tf.nn.elu(x))
",
        ),
        (
            "erfcx",
            r"
def erfcx(x):  # e^(x^2) erfc(x), by the asymptotic series before its factors leave the range of numbers
    near, far = tf.where(x < 9.0, x, tf.zeros_like(x)), tf.where(x < 9.0, 9.0 * tf.ones_like(x), x)
    series = tf.zeros_like(x)
    for k in range(14, -1, -1):
        series = 1.0 - (2 * k + 1) / (2.0 * far * far) * series
    return tf.where(x < 9.0, tf.exp(near * near) * tf.math.erfc(near), series / (far * math.sqrt(math.pi)))
",
        ),
        (
            "fmod",
            r"
def fmod(x, z):  # TensorFlow's truncatemod has no gradient
    return x - z * tf.stop_gradient(tf.round((x - tf.truncatemod(x, z)) / z))
",
        ),
        (
            "fold",
            r"
def fold(x, axes):  # the axes as one, last
    kept = [axis for axis in range(x.ndim) if axis not in axes]
    sizes = [x.shape[axis] for axis in kept] + [math.prod(x.shape[axis] for axis in axes)]
    return tf.reshape(tf.transpose(x, kept + list(axes)), sizes)
",
        ),
        (
            "variance",
            r"
def variance(x, axes, count, keepdims):
    deviation = x - tf.reduce_mean(x, axes, True)
    return tf.reduce_sum(tf.square(deviation), axes, keepdims) / count
",
        ),
        (
            "take",
            r"
def take(x, places, axis):
    return tf.gather(x, within(places, x.shape[axis]), axis=axis)
",
        ),
        (
            "with_signs",
            r"
def with_signs(v):  # columns whose first component of at least 0.6 times the largest is positive
    if 0 in v.shape:
        return v
    size = tf.abs(v)
    leads = tf.argmax(tf.cast(size >= 0.6 * tf.reduce_max(size, -2, True), tf.int64), -2)
    lead = take_along_axis(v, leads[..., None, :], v.ndim - 2)
    return v * tf.stop_gradient(tf.where(lead < 0, -tf.ones_like(lead), tf.ones_like(lead)))
",
        ),
        (
            "take_along_axis",
            r"
def take_along_axis(x, places, axis):
    x, places = beside(axis, x, within(places, x.shape[axis]))
    x, places = last(x, axis), last(places, axis)
    return from_last(tf.gather(x, places, batch_dims=x.ndim - 1), axis)
",
        ),
        (
            "beside",
            r"
def beside(axis, *xs):  # broadcast against each other, but along the axis
    rest = tf.TensorShape([])
    for x in xs:
        rest = tf.broadcast_static_shape(rest, tf.TensorShape([*x.shape[:axis], 1, *x.shape[axis + 1 :]]))
    return [tf.broadcast_to(x, [*rest[:axis], x.shape[axis], *rest[axis + 1 :]]) for x in xs]
",
        ),
        (
            "scatter_add_along_axis",
            r"
def scatter_add_along_axis(x, places, source, axis):
    return tf.tensor_scatter_nd_add(x, grid(within(places, x.shape[axis]), source.shape, axis), source)
",
        ),
        (
            "scatter_along_axis",
            r"
def scatter_along_axis(x, places, source, axis):
    return tf.tensor_scatter_nd_update(x, grid(within(places, x.shape[axis]), source.shape, axis), source)
",
        ),
        (
            "grid",
            r#"
def grid(places, shape, axis):  # for each element of the source its place in the target
    axes = tf.meshgrid(*(tf.range(n, dtype=tf.int64) for n in shape), indexing="ij")
    axes[axis] = tf.broadcast_to(places, shape)
    return tf.stack(axes, -1)
"#,
        ),
        (
            "top_k",
            r"
def top_k(x, k, axis, largest):
    x = last(x, axis)
    return from_last(tf.math.top_k(x, k)[0] if largest else -tf.math.top_k(-x, k)[0], axis)
",
        ),
        (
            "cross",
            r"
def cross(a, b, axis):
    shape = tf.broadcast_static_shape(a.shape, b.shape)
    a, b = (last(tf.broadcast_to(x, shape), axis) for x in (a, b))
    return from_last(tf.linalg.cross(a, b), axis)
",
        ),
        (
            "cross_entropy",
            r#"
def cross_entropy(logits, labels, axis, reduction):
    logits = last(logits, axis)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(within(labels, logits.shape[-1]), logits)
    return {"mean": tf.reduce_mean, "sum": tf.reduce_sum, "none": tf.identity}[reduction](losses)
"#,
        ),
        (
            "within",
            r"
def within(places, n):  # counted from the front
    return tf.math.floormod(tf.cast(places, tf.int64), max(n, 1))
",
        ),
        (
            "dropout",
            r"
def dropout(x, kept, rate):
    kept = tf.reshape(tf.constant(kept, tf.bool), x.shape)
    return tf.where(kept, x / (1.0 - rate), tf.zeros_like(x))
",
        ),
        (
            "signed_qr",
            r"
def signed_qr(a):  # the diagonal of r is not negative
    q, r = tf.linalg.qr(a)
    sign = tf.stop_gradient(tf.cast(tf.where(tf.linalg.diag_part(r) < 0, -1.0, 1.0), dtype))
    return q * sign[..., None, :], r * sign[..., :, None]
",
        ),
        (
            "solve",
            r"
def solve(a, b):
    batch = tf.broadcast_static_shape(a.shape[:-2], b.shape[:-2])
    return tf.linalg.solve(*(tf.broadcast_to(x, [*batch, *x.shape[-2:]]) for x in (a, b)))
",
        ),
        (
            "symmetric",
            r"
def symmetric(a):
    return (a + tf.linalg.matrix_transpose(a)) / 2
",
        ),
        (
            "convolution",
            r#"
def convolution(own, x, w, stride, padding, dilation):
    x = tf.pad(channels_last(x), [(0, 0), *((p, p) for p in padding), (0, 0)])
    w = tf.transpose(w, (*range(2, w.ndim), 1, 0))
    return channels_first(own(x, w, (1, *stride, 1), "VALID", dilations=(1, *dilation, 1)))
"#,
        ),
        (
            "pool",
            r#"
def pool(own, x, kernel, stride):
    return channels_first(own(channels_last(x), kernel, stride, "VALID"))
"#,
        ),
        (
            "channels_last",
            r"
def channels_last(x):
    return last(x, 1)
",
        ),
        (
            "channels_first",
            r"
def channels_first(x):
    return from_last(x, 1)
",
        ),
        (
            "last",
            r"
def last(x, axis):
    axes = list(range(x.ndim))
    return tf.transpose(x, axes[:axis] + axes[axis + 1 :] + [axis])
",
        ),
        (
            "from_last",
            r"
def from_last(x, axis):
    axes = list(range(x.ndim))
    return tf.transpose(x, axes[:axis] + axes[-1:] + axes[axis:-1])
",
        ),
    ],
    epilogue: r#"
with tf.GradientTape() as tape:
    tape.watch(params)
    values = program(*params.values())
gradients = tape.gradient(values, list(params.values()), cotangents, tf.UnconnectedGradients.ZERO)
answer = {
    "value": {name: flat(y) for name, y in zip(outputs, values)},
    "gradient": {name: flat(g) for name, g in zip(params, gradients)},
}
print(json.dumps(answer))
"#,
    taken: &["tf"],
    cast: "tf.cast({0}, dtype)",
    same: (
        "tf",
        &[
            "abs", "sign", "square", "sqrt", "exp", "sin", "cos", "tan", "asin", "acos", "atan",
            "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sigmoid", "floor", "round", "pow",
            "atan2",
        ],
    ),
    spelled: &[
        ("cube", "{0} ** 3"),
        ("recip", "tf.math.reciprocal({0})"),
        ("rsqrt", "tf.math.rsqrt({0})"),
        ("cbrt", "tf.sign({0}) * tf.abs({0}) ** (1.0 / 3.0)"),
        ("exp2", "2.0 ** {0}"),
        ("exp10", "10.0 ** {0}"),
        ("expm1", "tf.math.expm1({0})"),
        ("log", "tf.math.log({0})"),
        ("log2", "tf.experimental.numpy.log2({0})"),
        ("log10", "tf.experimental.numpy.log10({0})"),
        ("log1p", "tf.math.log1p({0})"),
        ("sinc", "tf.experimental.numpy.sinc({0})"),
        ("log_sigmoid", "tf.math.log_sigmoid({0})"),
        ("softplus", "tf.math.softplus({0})"),
        ("softsign", "tf.nn.softsign({0})"),
        ("relu", "tf.nn.relu({0})"),
        ("relu6", "tf.nn.relu6({0})"),
        ("leaky_relu", "tf.nn.leaky_relu({0}, {slope})"),
        ("elu", "elu({0}, {alpha})"),
        ("selu", "tf.nn.selu({0})"),
        ("gelu", "tf.nn.gelu({0})"),
        ("gelu_tanh", "tf.nn.gelu({0}, approximate=True)"),
        ("silu", "tf.nn.silu({0})"),
        ("mish", "{0} * tf.tanh(tf.math.softplus({0}))"),
        ("erf", "tf.math.erf({0})"),
        ("erfc", "tf.math.erfc({0})"),
        ("erfcx", "erfcx({0})"),
        ("ierfcx", "ierfcx({0}, {n})"),
        ("normal_cdf", "normal_cdf({0})"),
        ("log_normal_cdf", "log_normal_cdf({0})"),
        ("erfinv", "tf.math.erfinv({0})"),
        ("lgamma", "tf.math.lgamma({0})"),
        ("digamma", "tf.math.digamma({0})"),
        ("trigamma", "tf.math.polygamma(constant(1, ()), {0})"),
        ("polygamma", "tf.math.polygamma(constant({n}, ()), {0})"),
        ("bessel_i0", "tf.math.bessel_i0({0})"),
        ("bessel_i1", "tf.math.bessel_i1({0})"),
        ("bessel_i", "bessel({0}, {n})"),
        ("xlogx", "tf.math.xlogy({0}, {0})"),
        ("xlogy", "tf.math.xlogy({0}, {1})"),
        ("xlog1py", "tf.math.xlog1py({0}, {1})"),
        ("powc", "{0} ** {exponent}"),
        ("powi", "{0} ** {n}"),
        ("clamp", "tf.clip_by_value({0}, {lo}, {hi})"),
        ("ceil", "tf.math.ceil({0})"),
        (
            "trunc",
            "tf.where({0} < 0, tf.math.ceil({0}), tf.floor({0}))",
        ),
        ("max", "tf.maximum({0}, {1})"),
        ("min", "tf.minimum({0}, {1})"),
        ("hypot", "tf.experimental.numpy.hypot({0}, {1})"),
        ("logaddexp", "tf.experimental.numpy.logaddexp({0}, {1})"),
        ("copysign", "copysign({0}, {1})"),
        ("fmod", "fmod({0}, {1})"),
        ("remainder", "tf.math.floormod({0}, {1})"),
        ("gt", "tf.cast({0} > {1}, dtype)"),
        ("ge", "tf.cast({0} >= {1}, dtype)"),
        ("lt", "tf.cast({0} < {1}, dtype)"),
        ("le", "tf.cast({0} <= {1}, dtype)"),
        ("eq", "tf.cast({0} == {1}, dtype)"),
        ("ne", "tf.cast({0} != {1}, dtype)"),
        ("strong_mul", "tf.math.multiply_no_nan({1}, {0})"),
        ("where", "tf.where({0} != 0, {1}, {2})"),
    ],
    structural,
    conventions: &[
        (
            "max",
            "at a tie the gradient goes to the first in TensorFlow, half to each in secant",
        ),
        (
            "min",
            "at a tie the gradient goes to the first in TensorFlow, half to each in secant",
        ),
        (
            "logaddexp",
            "where both are equal the gradient goes to the first in TensorFlow, half to each in secant",
        ),
        (
            "selu",
            "at 0 the gradient is that of the right branch in TensorFlow, of the left one in secant",
        ),
        (
            "sinc",
            "at 0 the gradient is NaN in TensorFlow, 0 in secant",
        ),
        (
            "hypot",
            "at the origin the gradient is NaN in TensorFlow, 0 in secant",
        ),
        (
            "atan2",
            "at the origin the gradient is NaN in TensorFlow, 0 in secant",
        ),
        (
            "cbrt",
            "at 0 the gradient is NaN in this formula, infinite in secant",
        ),
        (
            "std",
            "where all are equal the gradient is NaN in TensorFlow, 0 in secant",
        ),
        (
            "norm",
            "at the origin the gradient is NaN in TensorFlow, 0 in secant",
        ),
        (
            "logsumexp",
            "where all are -inf the gradient is NaN in TensorFlow, 0 in secant",
        ),
        (
            "cumlogsumexp",
            "where all are -inf the gradient is NaN in TensorFlow, 0 in secant",
        ),
        (
            "max_pool3d",
            "at ties the gradient goes to each in TensorFlow, to the first in secant",
        ),
        (
            "scatter_along_axis",
            "of several for one place TensorFlow does not say which one is written",
        ),
    ],
};

fn structural(call: &Call<'_>) -> Option<String> {
    let kinds: [fn(&Call<'_>) -> Option<String>; 10] = [
        reductions, scans, layout, copies, places, products, matrices, layers, windows, others,
    ];
    kinds.iter().find_map(|kind| kind(call))
}

/// What is spelled as others spell it, but for what TensorFlow has not at all, or has above in part.
fn others(call: &Call<'_>) -> Option<String> {
    match call.op {
        "recurrence" | "scatter_add" | "scatter" | "inner" | "kron" | "tril" | "triu" => None,
        _ => alike(call, "tf"),
    }
}

/// Several numbers folded into one.
fn reductions(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let keepdims = truth(call.flag("keepdims"));
    let reduced = |name: &str| Some(format!("{name}({x}, {}, {keepdims})", tuple(call.axes()?)));
    Some(match call.op {
        "sum" | "mean" | "prod" | "logsumexp" => reduced(&format!("tf.reduce_{}", call.op))?,
        "max_reduce" => reduced("tf.reduce_max")?,
        "min_reduce" => reduced("tf.reduce_min")?,
        "var" if call.integer("ddof")? == 0 => reduced("tf.math.reduce_variance")?,
        "std" if call.integer("ddof")? == 0 => reduced("tf.math.reduce_std")?,
        "norm" => {
            let ord = literal(call.number("ord")?, Dtype::F64);
            let (axes, shape) = (tuple(call.axes()?), tuple(call.shape.iter()));
            format!("tf.reshape(tf.norm(fold({x}, {axes}), {ord}, axis=-1), {shape})")
        }
        "argmax" | "argmin" => {
            let axis = call.axis("axis")?;
            format!("tf.cast(tf.{}({x}, {axis}), dtype)", call.op)
        }
        _ => return None,
    })
}

/// Along an axis, which stays.
fn scans(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let order = |flag: bool| if flag { "DESCENDING" } else { "ASCENDING" };
    Some(match call.op {
        "cumsum" | "cumprod" => format!(
            "tf.math.{}({x}, {}, exclusive={}, reverse={})",
            call.op,
            call.axis("axis")?,
            truth(call.flag("exclusive")),
            truth(call.flag("reverse"))
        ),
        "cumlogsumexp" => format!(
            "tf.math.cumulative_logsumexp({x}, {}, reverse={})",
            call.axis("axis")?,
            truth(call.flag("reverse"))
        ),
        "sort" => {
            let order = order(call.flag("descending"));
            format!("tf.sort({x}, {}, \"{order}\")", call.axis("axis")?)
        }
        "argsort" => {
            let (axis, order) = (call.axis("axis")?, order(call.flag("descending")));
            format!("tf.cast(tf.argsort({x}, {axis}, \"{order}\", stable=True), dtype)")
        }
        "top_k" => {
            let (k, largest) = (call.integer("k")?, truth(call.flag("largest")));
            format!("top_k({x}, {k}, {}, {largest})", call.axis("axis")?)
        }
        _ => return None,
    })
}

/// The same numbers in another place or shape, or without their gradient.
fn layout(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let shape = tuple(call.shape.iter());
    Some(match call.op {
        "reshape" => format!("tf.reshape({x}, {shape})"),
        "squeeze" => match call.axes()? {
            none if none.is_empty() => x.clone(), // which are all axes of size 1 in TensorFlow
            axes => format!("tf.squeeze({x}, {})", tuple(axes)),
        },
        "unsqueeze" => {
            let expanded = |x, axis| format!("tf.expand_dims({x}, {axis})");
            call.new_axes()?.into_iter().fold(x.clone(), expanded)
        }
        "transpose" => format!("tf.transpose({x}, {})", tuple(call.perm()?)),
        "slice" => call.sliced()?,
        "flip" => format!("tf.reverse({x}, {})", tuple(call.axes()?)),
        "pad" => {
            let pads = call.pads()?;
            let pairs = tuple(pads.iter().map(|&(lo, hi)| tuple([lo, hi])));
            let value = literal(call.number("value")?, Dtype::F64);
            match call.word("mode")? {
                _ if pads.is_empty() => x.clone(),
                "constant" => {
                    format!("tf.pad({x}, {pairs}, constant_values=constant({value}, ()))")
                }
                "reflect" => format!("tf.pad({x}, {pairs}, \"REFLECT\")"),
                _ => return None,
            }
        }
        "stop_gradient" => format!("tf.stop_gradient({x})"),
        _ => return None,
    })
}

/// Several tensors made one, or one several times.
fn copies(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let rank = call.shapes[0].rank();
    Some(match call.op {
        "concat" => format!(
            "tf.concat([{}], {})",
            call.args.join(", "),
            call.axis("axis")?
        ),
        "stack" => format!(
            "tf.stack([{}], {})",
            call.args.join(", "),
            call.integer("axis")?
        ),
        "tile" => {
            let reps = call.integers("reps")?;
            let ones = |count: usize| std::iter::repeat_n(1, count);
            let all = tuple(ones(rank.saturating_sub(reps.len())).chain(reps.iter().copied()));
            match reps.len().saturating_sub(rank) {
                0 => format!("tf.tile({x}, {all})"),
                more => {
                    let sizes = call.shapes[0].iter().map(|&n| n as i64);
                    let shape = tuple(ones(more).chain(sizes));
                    format!("tf.tile(tf.reshape({x}, {shape}), {all})")
                }
            }
        }
        "repeat" => {
            let repeats = call.integer("repeats")?;
            format!("tf.repeat({x}, {repeats}, {})", call.axis("axis")?)
        }
        _ => return None,
    })
}

/// By an index.
fn places(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "segment_sum" => {
            let count = call.integer("num_segments")?;
            let places = format!("within({}, {count})", call.args[1]);
            format!("tf.math.unsorted_segment_sum({x}, {places}, {count})")
        }
        "one_hot" => {
            let n = call.integer("n")?;
            format!("tf.one_hot(within({x}, {n}), {n}, dtype=dtype)")
        }
        "embedding" => {
            let places = format!("within({}, {})", call.args[1], call.shapes[0][0]);
            format!("tf.nn.embedding_lookup({x}, {places})")
        }
        _ => return None,
    })
}

/// Of several tensors.
fn products(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let rank = call.shapes[0].rank();
    Some(match call.op {
        "matmul" => {
            let other = &call.args[1];
            match (rank, call.shapes[1].rank()) {
                (1, 1) => format!("tf.tensordot({x}, {other}, 1)"),
                (1, _) => format!("tf.linalg.matvec({other}, {x}, transpose_a=True)"),
                (_, 1) => format!("tf.linalg.matvec({x}, {other})"),
                _ => format!("tf.linalg.matmul({x}, {other})"),
            }
        }
        "dot" => format!("tf.tensordot({x}, {}, 1)", call.args[1]),
        "outer" => {
            let [a, b] = [0, 1].map(|i| format!("tf.reshape({}, (-1,))", call.args[i]));
            format!("tf.tensordot({a}, {b}, 0)")
        }
        "cross" => {
            let axis = resolve_axis(call.integer("axis")?, call.shape.rank()).ok()?;
            format!("cross({x}, {}, {axis})", call.args[1])
        }
        _ => return None,
    })
}

/// Of a matrix: its parts, factors and inverses.
fn matrices(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let rank = call.shapes[0].rank();
    let diagonal = |name: &str, k: i64| format!("tf.linalg.{name}({x}, k={k})");
    Some(match call.op {
        "diag" if rank == 1 => diagonal("diag", call.integer("k")?),
        "diag" => diagonal("diag_part", call.integer("k")?),
        "diagonal" => diagonal("diag_part", call.integer("offset")?),
        "trace" => match call.integer("offset")? {
            0 => format!("tf.linalg.trace({x})"),
            offset => format!("tf.reduce_sum({}, -1)", diagonal("diag_part", offset)),
        },
        "tril" | "triu" => match (call.op, call.integer("k")?) {
            ("tril", k @ 0..) => format!("tf.linalg.band_part({x}, -1, {k})"),
            ("triu", k @ ..=0) => format!("tf.linalg.band_part({x}, {}, -1)", -k),
            _ => return None,
        },
        "slogdet" => format!("tf.linalg.slogdet({x})[1]"),
        "expm" => format!("tf.linalg.expm({x})"),
        "svdvals" => format!("tf.linalg.svd({x}, compute_uv=False)"),
        "eigvalsh" => format!("tf.linalg.eigvalsh(symmetric({x}))"),
        "eigh_values" => format!("tf.linalg.eigh(symmetric({x}))[0]"),
        "eigh_vectors" => format!("with_signs(tf.linalg.eigh(symmetric({x}))[1])"),
        "qr_q" => format!("signed_qr({x})[0]"),
        "qr_r" => format!("signed_qr({x})[1]"),
        "pinv" => {
            let rcond = literal(call.number("rcond")?, Dtype::F64);
            format!("tf.linalg.pinv({x}, {rcond})")
        }
        "cholesky" => {
            let factor = format!("tf.linalg.cholesky(symmetric({x}))");
            match call.flag("lower") {
                true => factor,
                false => format!("tf.linalg.matrix_transpose({factor})"),
            }
        }
        "solve" | "triangular_solve" if !call.flag("unit_diagonal") => solved(call),
        _ => return None,
    })
}

/// What networks are made of.
fn layers(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let rank = call.shapes[0].rank();
    Some(match call.op {
        "softmax" | "log_softmax" => format!("tf.nn.{}({x}, {})", call.op, call.axis("axis")?),
        "cross_entropy" => {
            let (axis, reduction) = (usize::from(rank > 1), call.word("reduction")?);
            format!(
                "cross_entropy({x}, {}, {axis}, \"{reduction}\")",
                call.args[1]
            )
        }
        _ => return None,
    })
}

/// Convolutions, pools, and images of another size.
fn windows(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let rank = call.shapes[0].rank();
    Some(match call.op {
        "conv1d" | "conv2d" | "conv3d" => {
            let names = ["stride", "padding", "dilation"];
            let [stride, padding, dilation] = names.map(|name| call.per_axis(name));
            let (stride, dilation) = (stride?, dilation?);
            let is_more = |list: &[i64]| list.iter().any(|&n| n > 1);
            if call.integer("groups")? != 1 || is_more(&stride) && is_more(&dilation) {
                return None;
            }
            let windows = [stride, padding?, dilation].map(tuple).join(", ");
            format!(
                "convolution(tf.nn.{}, {x}, {}, {windows})",
                call.op, call.args[1]
            )
        }
        "max_pool1d" | "max_pool2d" | "max_pool3d" | "avg_pool1d" | "avg_pool2d" | "avg_pool3d" => {
            if call.per_axis("padding")?.iter().any(|&n| n > 0) {
                return None;
            }
            let (kernel, stride) = (tuple(call.per_axis("kernel")?), tuple(call.pool_stride()?));
            format!("pool(tf.nn.{}, {x}, {kernel}, {stride})", call.op)
        }
        "upsample_nearest" | "upsample_bilinear" if rank == 4 => {
            let (image, size) = (format!("channels_last({x})"), tuple(&call.shape[2..]));
            let resized = match call.op {
                "upsample_nearest" => format!("tf.image.resize({image}, {size}, \"nearest\")"),
                // it answers in binary32 whatever it is asked in
                _ if call.dtype == Dtype::F64 => return None,
                _ => {
                    let corners = call.flag("align_corners");
                    format!(
                        "tf.compat.v1.image.resize_bilinear({image}, {size}, {}, half_pixel_centers={})",
                        truth(corners),
                        truth(!corners)
                    )
                }
            };
            format!("channels_first({resized})")
        }
        _ => return None,
    })
}

/// A system of equations. TensorFlow takes matrices, of no lower rank than x.
fn solved(call: &Call<'_>) -> String {
    let (sizes, last) = right_side(call);
    let [x, b] = [&call.args[0], &call.args[1]];
    let b = sizes.map_or(b.clone(), |sizes| format!("tf.reshape({b}, {sizes})"));
    match call.op {
        "solve" => format!("solve({x}, {b}){last}"),
        _ => format!(
            "tf.linalg.triangular_solve({x}, {b}, lower={}, adjoint={}){last}",
            truth(call.flag("lower")),
            truth(call.flag("transpose"))
        ),
    }
}
