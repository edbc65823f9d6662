//! A stand-alone program for PyTorch.

use super::alike::{alike, factored, solved};
use super::python::{Call, Target, literal, truth, tuple, write};
use super::{Format, Package, Part};
use crate::graph::Dtype;
use crate::tensor::resolve_axis;

pub(super) const FORMAT: Format = Format {
    name: "pytorch",
    doc: "a Python program that prints value and gradient as PyTorch has them",
    is_whole: true,
    package: Some(Package::Python(
        "torch",
        &[(Part::Jvp, JVP), (Part::Hvp, HVP)],
    )),
    write: |case| write(case, &TARGET),
};

const JVP: &str = r"
def jvp(tangents):
    return torch.func.jvp(program, tuple(x.detach() for x in leaves), tuple(tangents))[1]
";

const HVP: &str = r"
def hvp(direction):
    flowing = [(y, ct) for y, ct in zip(program(*leaves), cotangents) if y.requires_grad]
    if not flowing:
        return [torch.zeros_like(x) for x in leaves]
    ys, cts = zip(*flowing)
    slopes = torch.autograd.grad(ys, leaves, cts, create_graph=True, allow_unused=True)
    flowing = [(g, u) for g, u in zip(slopes, direction) if g is not None and g.requires_grad]
    if not flowing:
        return [torch.zeros_like(x) for x in leaves]
    slopes, direction = zip(*flowing)
    return torch.autograd.grad(slopes, leaves, direction, materialize_grads=True)
";

const TARGET: Target = Target {
    format: "pytorch",
    prologue: r#"# Written by secant. Prints {"value": .., "gradient": ..} as PyTorch computes them.
import json
import math
from math import inf, nan

import torch
import torch.nn.functional as F

dtype = torch.DTYPE


def constant(data, shape):
    return torch.tensor(data, dtype=dtype).reshape(shape)


def index(data, shape):
    return torch.tensor(data, dtype=torch.int64).reshape(shape)


def flat(x):
    numbers = x.detach().to(torch.float64).reshape(-1).tolist()
    return [x if math.isfinite(x) else str(x) for x in numbers]
"#,
    helpers: &[
        (
            "fold",
            r"
def fold(x, axes):  # the axes as one, last
    kept = [axis for axis in range(x.dim()) if axis not in axes]
    sizes = [x.shape[axis] for axis in kept] + [math.prod(x.shape[axis] for axis in axes)]
    return x.permute(kept + list(axes)).reshape(sizes)
",
        ),
        (
            "variance",
            r"
def variance(x, axes, count, keepdims):
    if not axes:
        return torch.zeros_like(x) * x / count
    deviation = x - torch.mean(x, dim=axes, keepdim=True)
    return torch.sum(torch.square(deviation), dim=axes, keepdim=keepdims) / count
",
        ),
        (
            "signed_qr",
            r"
def signed_qr(a):  # with a diagonal of R that is not negative
    q, r = torch.linalg.qr(a)
    sign = torch.where(r.detach().diagonal(dim1=-2, dim2=-1) < 0, -1.0, 1.0).to(a.dtype)
    return q * sign.unsqueeze(-2), r * sign.unsqueeze(-1)
",
        ),
        (
            "solve_transposed",
            r"
def solve_transposed(a, b, upper, unitriangular):
    a = a.transpose(-1, -2)
    return torch.linalg.solve_triangular(a, b, upper=upper, unitriangular=unitriangular)
",
        ),
        (
            "with_signs",
            r"
def with_signs(v):  # columns whose first component of at least 0.6 times the largest is positive
    fixed = v.detach()
    size = fixed.abs()
    leads = (size >= 0.6 * size.amax(-2, keepdim=True)).to(torch.uint8).argmax(-2, keepdim=True)
    return v * torch.where(fixed.gather(-2, leads) < 0, -1.0, 1.0).to(v.dtype)
",
        ),
        (
            "attention",
            r#"
def attention(q, k, v, causal):
    if hasattr(F, "scaled_dot_product_attention"):  # since PyTorch 2
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    scores = torch.matmul(q, torch.transpose(k, -1, -2)) / math.sqrt(q.shape[-1])
    if causal:
        seen = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
        scores = scores.masked_fill(~seen, -inf)
    return torch.matmul(torch.softmax(scores, dim=-1), v)
"#,
        ),
        (
            "rms_norm",
            r"
def rms_norm(x, weight, eps):
    return x * torch.rsqrt(torch.mean(torch.square(x), dim=-1, keepdim=True) + eps) * weight
",
        ),
        (
            "take",
            r"
def take(x, places, axis):
    places = torch.remainder(places.long(), max(x.shape[axis], 1))
    taken = torch.index_select(x, axis, places.reshape(-1))
    return taken.reshape(x.shape[:axis] + places.shape + x.shape[axis + 1 :])
",
        ),
        (
            "take_along_axis",
            r"
def take_along_axis(x, places, axis):
    return torch.take_along_dim(x, torch.remainder(places.long(), max(x.shape[axis], 1)), axis)
",
        ),
        (
            "scatter_add",
            r"
def scatter_add(x, places, source, axis):
    places = torch.remainder(places.long(), max(x.shape[axis], 1)).reshape(-1)
    source = source.reshape(x.shape[:axis] + places.shape + x.shape[axis + 1 :])
    return torch.index_add(x, axis, places, source)
",
        ),
        (
            "scatter_add_along_axis",
            r"
def scatter_add_along_axis(x, places, source, axis):
    places = torch.remainder(places.long(), max(x.shape[axis], 1))
    places, source = torch.broadcast_tensors(places, source)
    return torch.scatter_add(x, axis, places, source)
",
        ),
        (
            "scatter",
            r"
def scatter(x, places, source, axis):  # of several slices for one place the last
    places = torch.remainder(places.long(), max(x.shape[axis], 1)).reshape(-1)
    source = source.reshape(x.shape[:axis] + places.shape + x.shape[axis + 1 :])
    last = {place: k for k, place in enumerate(places.tolist())}
    places, taken = (torch.tensor(list(x), dtype=torch.int64) for x in (last.keys(), last.values()))
    return torch.index_copy(x, axis, places, torch.index_select(source, axis, taken))
",
        ),
        (
            "scatter_along_axis",
            r"
def scatter_along_axis(x, places, source, axis):
    places = torch.remainder(places.long(), max(x.shape[axis], 1))
    places, source = torch.broadcast_tensors(places, source)
    places = torch.arange(x.numel()).reshape(x.shape).gather(axis, places)
    return scatter(x.reshape(-1), places.reshape(-1), source.reshape(-1), 0).reshape(x.shape)
",
        ),
        (
            "dropout",
            r"
def dropout(x, kept, rate):
    return torch.where(torch.tensor(kept).bool().reshape(x.shape), x / (1.0 - rate), constant(0.0, ()))
",
        ),
        (
            "shifted",
            r"
def shifted(x, axis, first):  # one place towards the end, with `first` before
    head = torch.full_like(torch.narrow(x, axis, 0, min(1, x.shape[axis])), first)
    return torch.cat([head, torch.narrow(x, axis, 0, max(x.shape[axis] - 1, 0))], dim=axis)
",
        ),
        (
            "recurrence",
            r"
def recurrence(a, b, axis, reverse):  # 0, then a z + b of the place before
    a, b = torch.broadcast_tensors(a, b)
    if a.shape[axis] == 0:
        return a * b
    values, z = [], torch.zeros_like(torch.select(a, axis, 0))
    for place in sorted(range(a.shape[axis]), reverse=reverse):
        values.append(z)
        z = torch.select(a, axis, place) * z + torch.select(b, axis, place)
    return torch.stack(values[::-1] if reverse else values, dim=axis)
",
        ),
    ],
    epilogue: r#"
leaves = [x.requires_grad_(True) for x in params.values()]
values = program(*leaves)
flowing = [(y, ct) for y, ct in zip(values, cotangents) if y.requires_grad]
gradients = [None] * len(leaves)
if leaves and flowing:
    ys, cts = zip(*flowing)
    gradients = torch.autograd.grad(ys, leaves, cts, allow_unused=True)
gradients = [torch.zeros_like(x) if g is None else g for x, g in zip(leaves, gradients)]
answer = {
    "value": {name: flat(y) for name, y in zip(outputs, values)},
    "gradient": {name: flat(g) for name, g in zip(params, gradients)},
}
print(json.dumps(answer))
"#,
    taken: &["torch", "F"],
    cast: "{0}.to(dtype)",
    same: (
        "torch",
        &[
            "abs",
            "sign",
            "square",
            "sqrt",
            "rsqrt",
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
            "asin",
            "acos",
            "atan",
            "sinh",
            "cosh",
            "tanh",
            "asinh",
            "acosh",
            "atanh",
            "sinc",
            "sigmoid",
            "logit",
            "relu",
            "erf",
            "erfc",
            "erfinv",
            "lgamma",
            "digamma",
            "floor",
            "ceil",
            "round",
            "trunc",
            "pow",
            "atan2",
            "hypot",
            "logaddexp",
            "xlogy",
            "copysign",
            "fmod",
            "remainder",
        ],
    ),
    spelled: &[
        ("recip", "torch.reciprocal({0})"),
        ("cbrt", "torch.sign({0}) * torch.abs({0}) ** (1.0 / 3.0)"),
        ("exp10", "torch.pow(10.0, {0})"),
        ("log_sigmoid", "F.logsigmoid({0})"),
        ("softplus", "F.softplus({0}, threshold=40.0)"),
        ("lerp", "torch.lerp({0}, {1}, {2})"),
        ("softsign", "F.softsign({0})"),
        ("relu6", "F.relu6({0})"),
        ("leaky_relu", "F.leaky_relu({0}, {slope})"),
        ("elu", "F.elu({0}, {alpha})"),
        ("selu", "F.selu({0})"),
        ("celu", "F.celu({0}, {alpha})"),
        ("gelu", "F.gelu({0})"),
        ("gelu_tanh", "F.gelu({0}, approximate=\"tanh\")"),
        ("silu", "F.silu({0})"),
        ("mish", "F.mish({0})"),
        ("hard_tanh", "F.hardtanh({0})"),
        ("hard_sigmoid", "F.hardsigmoid({0})"),
        ("hard_swish", "F.hardswish({0})"),
        ("erfcx", "torch.special.erfcx({0})"),
        ("trigamma", "torch.polygamma(1, {0})"),
        ("polygamma", "torch.polygamma({n}, {0})"),
        ("normal_cdf", "torch.special.ndtr({0})"),
        ("log_normal_cdf", "torch.special.log_ndtr({0})"),
        ("bessel_i0", "torch.special.i0({0})"),
        ("bessel_i1", "torch.special.i1({0})"),
        ("ierfcx", "ierfcx({0}, {n})"),
        ("bessel_i", "bessel_i({0}, {n})"),
        ("xlogx", "torch.xlogy({0}, {0})"),
        ("xlog1py", "torch.special.xlog1py({0}, {1})"),
        ("powc", "torch.pow({0}, {exponent})"),
        ("powi", "torch.pow({0}, {n})"),
        ("clamp", "torch.clamp({0}, {lo}, {hi})"),
        ("max", "torch.maximum({0}, {1})"),
        ("min", "torch.minimum({0}, {1})"),
        ("gt", "({0} > {1}).to(dtype)"),
        ("ge", "({0} >= {1}).to(dtype)"),
        ("lt", "({0} < {1}).to(dtype)"),
        ("le", "({0} <= {1}).to(dtype)"),
        ("eq", "({0} == {1}).to(dtype)"),
        ("ne", "({0} != {1}).to(dtype)"),
        (
            "strong_mul",
            "torch.where({0} == 0, constant(0.0, ()), {0} * {1})",
        ),
        ("where", "torch.where({0} != 0, {1}, {2})"),
    ],
    structural,
    conventions: &[
        (
            "hypot",
            "at the origin the gradient is NaN in PyTorch, 0 in secant",
        ),
        (
            "atan2",
            "at the origin the gradient is NaN in PyTorch, 0 in secant",
        ),
        (
            "cbrt",
            "at 0 the gradient is NaN in this formula, infinite in secant",
        ),
        (
            "std",
            "where all are equal the gradient is NaN in PyTorch, 0 in secant",
        ),
        (
            "cummax",
            "at ties the gradient goes to the last in PyTorch, to the first in secant",
        ),
        (
            "cummin",
            "at ties the gradient goes to the last in PyTorch, to the first in secant",
        ),
        ("median", "at ties the places that are chosen may differ"),
        ("quantile", "at ties the places that are chosen may differ"),
        (
            "logsumexp",
            "where all are -inf the gradient is NaN in PyTorch, 0 in secant",
        ),
        (
            "strong_mul",
            "where the first is 0 the gradient may be NaN in PyTorch",
        ),
        (
            "hard_sigmoid",
            "PyTorch 1.13 holds the slope 1/6 in binary32 only",
        ),
    ],
};

fn structural(call: &Call<'_>) -> Option<String> {
    let kinds: [fn(&Call<'_>) -> Option<String>; 9] = [
        reductions, scans, layout, copies, places, products, matrices, layers, windows,
    ];
    let own = kinds.iter().find_map(|kind| kind(call));
    own.or_else(|| alike(call, "torch"))
}

/// Several numbers folded into one.
fn reductions(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let keepdim = truth(call.flag("keepdims"));
    let shape = tuple(call.shape.iter());
    // over no axes PyTorch reduces all
    let reduced = |name: &str, of_one: &str| {
        let axes = call.axes()?;
        Some(match axes.len() {
            0 => of_one.to_string(),
            _ => format!("torch.{name}({x}, dim={}, keepdim={keepdim})", tuple(axes)),
        })
    };
    let folded = || Some(format!("fold({x}, {})", tuple(call.axes()?)));
    Some(match call.op {
        "sum" | "mean" | "logsumexp" => reduced(call.op, x)?,
        "max_reduce" => reduced("amax", x)?,
        "min_reduce" => reduced("amin", x)?,
        "prod" => format!("torch.prod({}, dim=-1).reshape({shape})", folded()?),
        // over no axes the variance is written out
        "var" | "std" if !call.axes()?.is_empty() => {
            let (axes, ddof) = (tuple(call.axes()?), call.integer("ddof")?);
            format!(
                "torch.{}({x}, {axes}, correction={ddof}, keepdim={keepdim})",
                call.op
            )
        }
        "norm" => {
            let ord = literal(call.number("ord")?, Dtype::F64);
            format!(
                "torch.linalg.vector_norm({}, {ord}, dim=-1).reshape({shape})",
                folded()?
            )
        }
        "median" => format!(
            "torch.quantile({}, 0.5, dim=-1).reshape({shape})",
            folded()?
        ),
        "quantile" => {
            let method = call.word("method").unwrap_or("linear");
            let q = literal(call.number("q")?, Dtype::F64);
            format!(
                "torch.quantile({}, {q}, dim=-1, interpolation=\"{method}\").reshape({shape})",
                folded()?
            )
        }
        "argmax" | "argmin" => format!(
            "torch.{}({x}, dim={}).to(dtype)",
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
            let axis = call.axis("axis")?;
            let (name, values) = match call.op {
                "cumlogsumexp" => ("logcumsumexp", ""),
                "cummax" | "cummin" => (call.op, ".values"),
                name => (name, ""),
            };
            call.scanned(
                axis,
                |x| format!("torch.flip({x}, ({axis},))"),
                |x| format!("torch.{name}({x}, dim={axis}){values}"),
            )
        }
        "sort" | "argsort" | "top_k" => {
            let axis = call.axis("axis")?;
            let descending = truth(call.flag("descending") || call.flag("largest"));
            let sorted =
                format!("torch.sort({x}, dim={axis}, descending={descending}, stable=True)");
            match call.op {
                "argsort" => format!("{sorted}.indices.to(dtype)"),
                "sort" => format!("{sorted}.values"),
                _ => {
                    let k = call.integer("k")?;
                    format!("torch.narrow({sorted}.values, {axis}, 0, {k})")
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
        "transpose" => format!("torch.permute({x}, {})", tuple(call.perm()?)),
        "slice" => sliced(call)?,
        "pad" => pad(call)?,
        "stop_gradient" => format!("{x}.detach()"),
        _ => return None,
    })
}

/// Several tensors made one, or one several times.
fn copies(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "concat" => format!(
            "torch.cat([{}], dim={})",
            call.args.join(", "),
            call.axis("axis")?
        ),
        "stack" => format!(
            "torch.stack([{}], dim={})",
            call.args.join(", "),
            call.integer("axis")?
        ),
        "repeat" => format!(
            "torch.repeat_interleave({x}, {}, dim={})",
            call.integer("repeats")?,
            call.axis("axis")?
        ),
        _ => return None,
    })
}

/// By an index.
fn places(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let shape = tuple(call.shape.iter());
    Some(match call.op {
        "segment_sum" | "segment_max" => {
            let count = call.integer("num_segments")?.max(1);
            let places = format!("torch.remainder({}.long(), {count})", call.args[1]);
            match call.op {
                "segment_sum" => {
                    format!("torch.zeros({shape}, dtype=dtype).index_add(0, {places}, {x})")
                }
                _ => format!(
                    "torch.full({shape}, -inf, dtype=dtype).index_reduce(0, {places}, {x}, \"amax\")"
                ),
            }
        }
        "one_hot" => {
            let n = call.integer("n")?;
            let places = format!("torch.remainder({x}.long(), {})", n.max(1));
            format!("F.one_hot({places}, {n}).to(dtype)")
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
            let args = format!("*torch.broadcast_tensors({x}, {})", call.args[1]);
            format!("torch.linalg.cross({args}, dim={axis})")
        }
        "outer" => {
            let other = &call.args[1];
            format!("torch.outer({x}.reshape(-1), {other}.reshape(-1)).reshape({shape})")
        }
        _ => return None,
    })
}

/// Of a matrix: its factors and inverses.
fn matrices(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "cholesky" => {
            let upper = truth(!call.flag("lower"));
            format!("torch.linalg.cholesky(symmetric({x}), upper={upper})")
        }
        "slogdet" => format!("torch.linalg.slogdet({x}).logabsdet"),
        "eigh_values" => format!("torch.linalg.eigh(symmetric({x})).eigenvalues"),
        "eigh_vectors" => format!("with_signs(torch.linalg.eigh(symmetric({x})).eigenvectors)"),
        "expm" => format!("torch.linalg.matrix_exp({x})"),
        "solve" => solved(call, "torch.linalg.solve", ""),
        "triangular_solve" => {
            let (lower, transpose) = (call.flag("lower"), call.flag("transpose"));
            let upper = truth(lower == transpose);
            let of_ones = truth(call.flag("unit_diagonal"));
            let more = format!(", upper={upper}, unitriangular={of_ones}");
            let function = match transpose {
                true => "solve_transposed",
                false => "torch.linalg.solve_triangular",
            };
            solved(call, function, &more)
        }
        _ => return factored(call, "torch"),
    })
}

/// What networks are made of.
fn layers(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let eps = || Some(literal(call.number("eps")?, Dtype::F64));
    Some(match call.op {
        "softmax" | "log_softmax" => format!("torch.{}({x}, dim={})", call.op, call.axis("axis")?),
        "cross_entropy" => {
            let reduction = call.word("reduction")?;
            let axis = usize::from(call.shapes[0].rank() > 1);
            let classes = call.shapes[0][axis];
            let labels = format!("torch.remainder({}.long(), {classes})", call.args[1]);
            format!("F.cross_entropy({x}, {labels}, reduction=\"{reduction}\")")
        }
        "layer_norm" => format!(
            "F.layer_norm({x}, {}, {}, {}, {})",
            tuple(call.shapes[1].iter()),
            call.args[1],
            call.args[2],
            eps()?
        ),
        "rms_norm" => format!("rms_norm({x}, {}, {})", call.args[1], eps()?),
        "group_norm" => format!(
            "F.group_norm({x}, {}, {}, {}, {})",
            call.integer("groups")?,
            call.args[1],
            call.args[2],
            eps()?
        ),
        // PyTorch refuses a single element a channel
        "batch_norm_train" if call.shape.count() == call.shape[1] => return None,
        "batch_norm_train" => format!(
            "F.batch_norm({x}, None, None, {}, {}, True, 0.1, {})",
            call.args[1],
            call.args[2],
            eps()?
        ),
        "attention" => {
            let causal = truth(call.flag("causal"));
            format!("attention({}, {causal})", call.args.join(", "))
        }
        _ => return None,
    })
}

/// Convolutions, pools, and images of another size.
fn windows(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "conv1d" | "conv2d" | "conv3d" => format!(
            "F.{}({x}, {}, None, {}, {}, {}, {})",
            call.op,
            call.args[1],
            tuple(call.per_axis("stride")?),
            tuple(call.per_axis("padding")?),
            tuple(call.per_axis("dilation")?),
            call.integer("groups")?
        ),
        "conv_transpose1d" | "conv_transpose2d" | "conv_transpose3d" => format!(
            "F.{}({x}, {}, None, {}, {}, {}, {}, {})",
            call.op,
            call.args[1],
            tuple(call.per_axis("stride")?),
            tuple(call.per_axis("padding")?),
            tuple(call.per_axis("output_padding")?),
            call.integer("groups")?,
            tuple(call.per_axis("dilation")?)
        ),
        "max_pool1d" | "max_pool2d" | "max_pool3d" | "avg_pool1d" | "avg_pool2d" | "avg_pool3d" => {
            let windows = [
                call.per_axis("kernel")?,
                call.pool_stride()?,
                call.per_axis("padding")?,
            ];
            let [kernel, stride, padding] = windows.map(tuple);
            let more = match call.op.starts_with("avg") {
                true => format!(", False, {}", truth(call.flag("count_include_pad"))),
                false => String::new(),
            };
            format!("F.{}({x}, {kernel}, {stride}, {padding}{more})", call.op)
        }
        "upsample_nearest" => format!(
            "F.interpolate({x}, size={}, mode=\"nearest\")",
            tuple(&call.shape[2..])
        ),
        "upsample_bilinear" => format!(
            "F.interpolate({x}, size={}, mode=\"bilinear\", align_corners={})",
            tuple(&call.shape[2..]),
            truth(call.flag("align_corners"))
        ),
        _ => return None,
    })
}

/// A part, backwards by indices: PyTorch has no negative steps.
fn sliced(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let ranges = call.ranges()?;
    let forwards: Vec<String> = ranges
        .iter()
        .map(|&(start, stop, step)| match step > 0 {
            true => format!("{start}:{stop}:{step}"),
            false => ":".into(),
        })
        .collect();
    let mut value = match forwards.is_empty() {
        true => x.clone(),
        false => format!("{x}[{}]", forwards.join(", ")),
    };
    for (axis, &(start, stop, step)) in ranges.iter().enumerate().filter(|(_, range)| range.2 < 0) {
        let stop = stop.min(start);
        value =
            format!("torch.index_select({value}, {axis}, torch.arange({start}, {stop}, {step}))");
    }
    Some(value)
}

/// Constants all round, or the places that a mode repeats.
fn pad(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let pads = call.pads()?;
    Some(match call.word("mode")? {
        "constant" if pads.is_empty() => x.clone(),
        "constant" => {
            // from the last axis to the first
            let flat = pads.iter().rev().flat_map(|&(lo, hi)| [lo, hi]);
            format!(
                "F.pad({x}, {}, value={})",
                tuple(flat),
                literal(call.number("value")?, Dtype::F64)
            )
        }
        mode => {
            let mut value = x.clone();
            for (axis, (&(lo, hi), &n)) in pads.iter().zip(call.shapes[0].iter()).enumerate() {
                if (lo, hi) != (0, 0) {
                    let places: Option<Vec<i64>> = (-lo..n as i64 + hi)
                        .map(|at| padded(mode, at, n as i64))
                        .collect();
                    let places = places?;
                    let count = places.len();
                    let places = tuple(places).replace('(', "[").replace(')', "]");
                    value =
                        format!("torch.index_select({value}, {axis}, index({places}, ({count},)))");
                }
            }
            value
        }
    })
}

/// The place that padding repeats at place `at` of an axis of `n`.
fn padded(mode: &str, at: i64, n: i64) -> Option<i64> {
    match mode {
        "edge" => Some(at.clamp(0, n - 1)),
        "wrap" => Some(at.rem_euclid(n)),
        "reflect" if n == 1 => Some(0),
        "reflect" => {
            let place = at.rem_euclid(2 * (n - 1));
            Some(place.min(2 * (n - 1) - place))
        }
        _ => None,
    }
}
