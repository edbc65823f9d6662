//! A stand-alone program for tinygrad, which runs its kernels in Python unless DEV in the environment says otherwise.

use super::alike::alike;
use super::python::{Call, Target, literal, truth, tuple, write};
use super::{Format, Package, Part};
use crate::graph::Dtype;

pub(super) const FORMAT: Format = Format {
    name: "tinygrad",
    doc: "a Python program that prints value and gradient as tinygrad has them",
    is_whole: false,
    package: Some(Package::Python("tinygrad", &[(Part::Hvp, HVP)])),
    write: |case| write(case, &TARGET),
};

const HVP: &str = r"
def hvp(direction):
    products = [Tensor.zeros(*x.shape, dtype=dtype) for x in leaves]
    for g, u in zip(gradients, direction):
        shares = g.gradient(*leaves, gradient=u)
        products = [product + share for product, share in zip(products, shares)]
    return products
";

const TARGET: Target = Target {
    format: "tinygrad",
    prologue: r#"# Written by secant. Prints {"value": .., "gradient": ..} as tinygrad computes them.
import json
import math
import os
from math import inf, nan

os.environ.setdefault("DEV", "PYTHON")

import numpy
from tinygrad import Tensor, dtypes

dtype = dtypes.DTYPE


def constant(data, shape):
    return Tensor(numpy.array(data, "DTYPE").reshape(shape))


def index(data, shape):
    return Tensor(numpy.array(data, "int32").reshape(shape))


def flat(x):
    numbers = x.numpy().astype(float).ravel().tolist()
    return [x if math.isfinite(x) else str(x) for x in numbers]
"#,
    helpers: &[
        (
            "take",
            r"
def take(x, places, axis):
    return x[(slice(None),) * axis + (places.cast(dtypes.int32),)]
",
        ),
        (
            "take_along_axis",
            r"
def take_along_axis(x, places, axis):
    sizes = [max(sizes) if min(sizes) else 0 for sizes in zip(x.shape, places.shape)]
    x, places = (t.expand(*sizes[:axis], t.shape[axis], *sizes[axis + 1 :]) for t in (x, places))
    return x.gather(axis, within(places, x.shape[axis]))
",
        ),
        (
            "scatter_add_along_axis",
            r#"
def scatter_add_along_axis(x, places, source, axis):
    return x.scatter_reduce(axis, within(places, x.shape[axis]).expand(source.shape), source, "sum")
"#,
        ),
        (
            "scatter_along_axis",
            r"
def scatter_along_axis(x, places, source, axis):
    return x.scatter(axis, within(places, x.shape[axis]).expand(source.shape), source)
",
        ),
        (
            "segments",
            r"
def segments(x, places, shape, first, fold):
    places = within(places, shape[0]).reshape((-1,) + (1,) * (x.ndim - 1)).expand(x.shape)
    return Tensor.full(shape, first, dtype=dtype).scatter_reduce(0, places, x, fold)
",
        ),
        (
            "within",
            r"
def within(places, n):  # counted from the front
    places = places.detach().cast(dtypes.int32)
    return (places < 0).where(places + n, places)
",
        ),
        (
            "shifted",
            r"
def shifted(x, axis, first):  # one place towards the end, with `first` before
    if x.shape[axis] == 0:
        return x
    kept = x.shrink(tuple((0, n - (a == axis)) for a, n in enumerate(x.shape)))
    return kept.pad(tuple((int(a == axis), 0) for a in range(x.ndim)), value=first)
",
        ),
        (
            "dropout",
            r"
def dropout(x, kept, rate):
    return Tensor(kept).reshape(x.shape).where(x / (1.0 - rate), 0.0)
",
        ),
        (
            "signed_qr",
            r"
def signed_qr(a):  # reduced; the diagonal of r is not negative
    q, r = a.qr()
    count = min(a.shape[-2:])
    q, r = q[..., :count], r[..., :count, :]
    sign = (r.detach().diagonal(dim1=-2, dim2=-1) < 0).where(-1.0, 1.0).cast(dtype)
    return q * sign.unsqueeze(-2), r * sign.unsqueeze(-1)
",
        ),
    ],
    epilogue: r#"
leaves = list(params.values())
values = program(*leaves)
gradients = [Tensor.zeros(*x.shape, dtype=dtype) for x in leaves]
for y, ct in zip(values, cotangents):
    shares = y.gradient(*leaves, gradient=ct) if leaves else []
    gradients = [g + share for g, share in zip(gradients, shares)]
answer = {
    "value": {name: flat(y) for name, y in zip(outputs, values)},
    "gradient": {name: flat(g) for name, g in zip(params, gradients)},
}
print(json.dumps(answer))
"#,
    taken: &["Tensor", "dtypes"],
    cast: "{0}.cast(dtype)",
    same: (
        "Tensor",
        &[
            "neg",
            "abs",
            "sign",
            "square",
            "sqrt",
            "rsqrt",
            "exp",
            "exp2",
            "log",
            "log2",
            "log10",
            "sin",
            "cos",
            "tan",
            "asin",
            "acos",
            "atan",
            "sinh",
            "cosh",
            "tanh",
            "asinh",
            "acosh",
            "atanh",
            "sigmoid",
            "softplus",
            "softsign",
            "relu",
            "relu6",
            "selu",
            "silu",
            "mish",
            "erf",
            "floor",
            "ceil",
            "round",
            "trunc",
            "pow",
            "logaddexp",
            "copysign",
            "fmod",
        ],
    ),
    spelled: &[
        ("cube", "{0} ** 3"),
        ("recip", "Tensor.reciprocal({0})"),
        ("exp10", "10.0 ** {0}"),
        ("log_sigmoid", "Tensor.logsigmoid({0})"),
        ("leaky_relu", "Tensor.leaky_relu({0}, {slope})"),
        ("elu", "Tensor.elu({0}, {alpha})"),
        ("celu", "Tensor.celu({0}, {alpha})"),
        ("gelu", "Tensor.gelu({0}, \"none\")"),
        ("gelu_tanh", "Tensor.gelu({0})"),
        ("hard_tanh", "Tensor.hardtanh({0})"),
        ("hard_sigmoid", "Tensor.hardsigmoid({0})"),
        ("hard_swish", "Tensor.hardswish({0})"),
        ("powc", "{0} ** {exponent}"),
        ("powi", "{0} ** {n}"),
        ("clamp", "Tensor.clamp({0}, {lo}, {hi})"),
        ("max", "Tensor.maximum({0}, {1})"),
        ("min", "Tensor.minimum({0}, {1})"),
        ("remainder", "Tensor.mod({0}, {1})"),
        ("lerp", "Tensor.lerp({0}, {1}, {2})"),
        ("gt", "({0} > {1}).detach().cast(dtype)"),
        ("ge", "({0} >= {1}).detach().cast(dtype)"),
        ("lt", "({0} < {1}).detach().cast(dtype)"),
        ("le", "({0} <= {1}).detach().cast(dtype)"),
        ("eq", "({0} == {1}).detach().cast(dtype)"),
        ("ne", "({0} != {1}).detach().cast(dtype)"),
        ("where", "({0} != 0).where({1}, {2})"),
    ],
    structural,
    conventions: &[
        ("relu6", "at 6 the gradient is 1 in tinygrad, 0 in secant"),
        (
            "leaky_relu",
            "at 0 the gradient is 1 in tinygrad, the slope in secant",
        ),
        (
            "selu",
            "at 0 the gradient is that of the right branch in tinygrad, of the left one in secant",
        ),
        (
            "hard_tanh",
            "at -1 and 1 the gradient is 1 in tinygrad, 0 in secant",
        ),
        (
            "hard_swish",
            "at 3 the gradient is 1.5 in tinygrad, 1 in secant",
        ),
        (
            "std",
            "where all are equal the gradient is NaN in tinygrad, 0 in secant",
        ),
        (
            "cumlogsumexp",
            "where all are -inf the gradient is NaN in tinygrad, 0 in secant",
        ),
        (
            "cummax",
            "at ties the gradient is shared in tinygrad, the first's in secant",
        ),
        (
            "cummin",
            "at ties the gradient is shared in tinygrad, the first's in secant",
        ),
        (
            "sort",
            "at ties the gradient is shared in tinygrad, the first's in secant",
        ),
        (
            "top_k",
            "at ties the gradient is shared in tinygrad, the first's in secant",
        ),
        (
            "max_pool1d",
            "at ties the gradient is shared in tinygrad, the first's in secant",
        ),
        (
            "max_pool2d",
            "at ties the gradient is shared in tinygrad, the first's in secant",
        ),
        (
            "max_pool3d",
            "at ties the gradient is shared in tinygrad, the first's in secant",
        ),
    ],
};

fn structural(call: &Call<'_>) -> Option<String> {
    let kinds: [fn(&Call<'_>) -> Option<String>; 10] = [
        reductions, scans, layout, copies, places, products, matrices, layers, windows, others,
    ];
    kinds.iter().find_map(|kind| kind(call))
}

/// What is spelled as others spell it, but for what tinygrad has not at all, or has above in part.
fn others(call: &Call<'_>) -> Option<String> {
    match call.op {
        "recurrence" | "scatter_add" | "scatter" | "inner" | "kron" | "tensordot" | "det"
        | "inv" | "var" | "std" | "diag" => None,
        _ => alike(call, "Tensor"),
    }
}

/// Several numbers folded into one.
fn reductions(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let rank = call.shapes[0].rank();
    let keepdim = truth(call.flag("keepdims"));
    // over no axes tinygrad reduces all
    let reduced = |name: &str| {
        let axes = call.axes()?;
        Some(match axes[..] {
            [] if rank > 0 => x.clone(),
            [axis] => format!("Tensor.{name}({x}, {axis}, {keepdim})"),
            _ => format!("Tensor.{name}({x}, {}, {keepdim})", tuple(axes)),
        })
    };
    Some(match call.op {
        "sum" | "mean" | "prod" | "logsumexp" => reduced(call.op)?,
        "max_reduce" => reduced("max")?,
        "min_reduce" => reduced("min")?,
        "var" | "std" => {
            let axes = call.axes()?;
            if axes.is_empty() && rank > 0 {
                return None;
            }
            let (axes, ddof) = (tuple(axes), call.integer("ddof")?);
            format!("Tensor.{}({x}, {axes}, {keepdim}, {ddof})", call.op)
        }
        "argmax" | "argmin" => {
            let axis = call.axis("axis")?;
            format!("Tensor.{}({x}, {axis}).detach().cast(dtype)", call.op)
        }
        _ => return None,
    })
}

/// Along an axis, which stays.
fn scans(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "cumsum" | "cumprod" | "cummax" | "cummin" | "cumlogsumexp" => {
            let axis = call.axis("axis")?;
            let (name, values) = match call.op {
                "cumlogsumexp" => ("logcumsumexp", ""),
                "cummax" | "cummin" => (call.op, "[0]"),
                name => (name, ""),
            };
            call.scanned(
                axis,
                |x| format!("Tensor.flip({x}, {axis})"),
                |x| format!("Tensor.{name}({x}, {axis}){values}"),
            )
        }
        "sort" => {
            let descending = truth(call.flag("descending"));
            format!("Tensor.sort({x}, {}, {descending})[0]", call.axis("axis")?)
        }
        "argsort" => {
            let descending = truth(call.flag("descending"));
            format!(
                "Tensor.argsort({x}, {}, {descending}).detach().cast(dtype)",
                call.axis("axis")?
            )
        }
        "top_k" => {
            let (k, largest) = (call.integer("k")?, truth(call.flag("largest")));
            format!(
                "Tensor.topk({x}, {k}, {}, {largest})[0]",
                call.axis("axis")?
            )
        }
        _ => return None,
    })
}

/// The same numbers in another place or shape, or without their gradient.
fn layout(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let rank = call.shapes[0].rank();
    Some(match call.op {
        "transpose" if rank == 0 => x.clone(),
        "transpose" => format!("Tensor.permute({x}, {})", tuple(call.perm()?)),
        "broadcast_to" => format!("Tensor.expand({x}, {})", tuple(call.shape.iter())),
        "squeeze" => {
            let squeezed = |x, axis| format!("Tensor.squeeze({x}, {axis})");
            call.axes()?.into_iter().rev().fold(x.clone(), squeezed)
        }
        "unsqueeze" => {
            let unsqueezed = |x, axis| format!("Tensor.unsqueeze({x}, {axis})");
            call.new_axes()?.into_iter().fold(x.clone(), unsqueezed)
        }
        "slice" => call.sliced()?,
        "flip" => match call.axes()? {
            axes if axes.is_empty() => x.clone(),
            axes => format!("Tensor.flip({x}, {})", tuple(axes)),
        },
        "pad" => {
            let pads = call.pads()?;
            let pairs = tuple(pads.iter().map(|&(lo, hi)| tuple([lo, hi])));
            let value = literal(call.number("value")?, Dtype::F64);
            let mode = match call.word("mode")? {
                "edge" => "replicate",
                "wrap" => "circular",
                mode => mode,
            };
            match mode {
                _ if pads.is_empty() => x.clone(),
                "constant" => format!("Tensor.pad({x}, {pairs}, value={value})"),
                mode => format!("Tensor.pad({x}, {pairs}, \"{mode}\")"),
            }
        }
        "stop_gradient" => format!("Tensor.detach({x})"),
        _ => return None,
    })
}

/// Several tensors made one, or one several times.
fn copies(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let rank = call.shapes[0].rank();
    Some(match call.op {
        "concat" => format!(
            "Tensor.cat({}, dim={})",
            call.args.join(", "),
            call.axis("axis")?
        ),
        "stack" => format!(
            "Tensor.stack({}, dim={})",
            call.args.join(", "),
            call.integer("axis")?
        ),
        "tile" => {
            let reps = call.integers("reps")?;
            let ones = std::iter::repeat_n(1, rank.saturating_sub(reps.len()));
            format!("Tensor.repeat({x}, {})", tuple(ones.chain(reps)))
        }
        "repeat" => {
            let repeats = call.integer("repeats")?;
            format!(
                "Tensor.repeat_interleave({x}, {repeats}, {})",
                call.axis("axis")?
            )
        }
        _ => return None,
    })
}

/// By an index.
fn places(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "segment_sum" | "segment_max" => {
            let (first, fold) = match call.op {
                "segment_sum" => ("0.0", "sum"),
                _ => ("-inf", "amax"),
            };
            let shape = tuple(call.shape.iter());
            format!(
                "segments({x}, {}, {shape}, {first}, \"{fold}\")",
                call.args[1]
            )
        }
        "one_hot" => {
            let n = call.integer("n")?;
            format!("Tensor.one_hot(within({x}, {n}), {n}).detach().cast(dtype)")
        }
        _ => return None,
    })
}

/// Of several tensors.
fn products(call: &Call<'_>) -> Option<String> {
    Some(match call.op {
        "outer" => {
            let [a, b] = [0, 1].map(|i| format!("{}.reshape(-1)", call.args[i]));
            format!("Tensor.einsum(\"i,j->ij\", {a}, {b})")
        }
        _ => return None,
    })
}

/// Of a matrix: its parts, factors and inverses.
fn matrices(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let rank = call.shapes[0].rank();
    Some(match call.op {
        "diag" => match (rank, call.integer("k")?) {
            (1, 0) => format!("Tensor.diag({x})"),
            (1, _) => return None,
            (_, k) => format!("Tensor.diagonal({x}, {k})"),
        },
        "svdvals" => format!("Tensor.svd({x}, full_matrices=False)[1]"),
        "qr_q" => format!("signed_qr({x})[0]"),
        "qr_r" => format!("signed_qr({x})[1]"),
        _ => return None,
    })
}

/// What networks are made of.
fn layers(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let rank = call.shapes[0].rank();
    Some(match call.op {
        "softmax" | "log_softmax" => format!("Tensor.{}({x}, {})", call.op, call.axis("axis")?),
        "cross_entropy" => {
            let classes = call.shapes[0][usize::from(rank > 1)];
            let labels = format!("within({}, {classes})", call.args[1]);
            format!(
                "Tensor.cross_entropy({x}, {labels}, \"{}\")",
                call.word("reduction")?
            )
        }
        "layer_norm" => {
            let axes = tuple(call.axis("axis")?..rank);
            let eps = literal(call.number("eps")?, Dtype::F64);
            let [weight, bias] = [&call.args[1], &call.args[2]];
            format!("Tensor.layernorm({x}, {axes}, {eps}) * {weight} + {bias}")
        }
        "attention" => {
            let causal = truth(call.flag("causal"));
            let args = call.args.join(", ");
            format!("Tensor.scaled_dot_product_attention({args}, is_causal={causal})")
        }
        _ => return None,
    })
}

/// Convolutions, pools, and images of another size.
fn windows(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let spatial = |names: &[&str]| -> Option<String> {
        let lists: Option<Vec<String>> = names
            .iter()
            .map(|name| call.per_axis(name).map(tuple))
            .collect();
        Some(lists?.join(", "))
    };
    Some(match call.op {
        "conv1d" | "conv2d" | "conv3d" => format!(
            "Tensor.conv2d({x}, {}, None, {}, {})",
            call.args[1],
            call.integer("groups")?,
            spatial(&["stride", "dilation", "padding"])?
        ),
        "conv_transpose1d" | "conv_transpose2d" | "conv_transpose3d" => format!(
            "Tensor.conv_transpose2d({x}, {}, None, {}, {})",
            call.args[1],
            call.integer("groups")?,
            spatial(&["stride", "dilation", "padding", "output_padding"])?
        ),
        "max_pool1d" | "max_pool2d" | "max_pool3d" | "avg_pool1d" | "avg_pool2d" | "avg_pool3d" => {
            let (kernel, padding) = (spatial(&["kernel"])?, spatial(&["padding"])?);
            let windows = format!("{kernel}, {}, 1, {padding}", tuple(call.pool_stride()?));
            match call.op.starts_with("max") {
                true => format!("Tensor.max_pool2d({x}, {windows})"),
                false => {
                    let counts = truth(call.flag("count_include_pad"));
                    format!("Tensor.avg_pool2d({x}, {windows}, False, {counts})")
                }
            }
        }
        "upsample_nearest" | "upsample_bilinear" => {
            let size = tuple(&call.shape[2..]);
            match call.op {
                "upsample_nearest" => format!("Tensor.interpolate({x}, {size}, \"nearest\")"),
                _ => {
                    let corners = truth(call.flag("align_corners"));
                    format!("Tensor.interpolate({x}, {size}, \"linear\", {corners})")
                }
            }
        }
        _ => return None,
    })
}
