//! A stand-alone program for HIPS autograd.

use super::alike::{alike, solved};
use super::python::{Call, Target, literal, truth, tuple, write};
use super::{Format, Package, Part};
use crate::graph::Dtype;
use crate::tensor::resolve_axis;

pub(super) const FORMAT: Format = Format {
    name: "autograd",
    doc: "a Python program that prints value and gradient as HIPS autograd has them",
    is_whole: false,
    package: Some(Package::Python(
        "autograd",
        &[(Part::Jvp, JVP), (Part::Hvp, HVP)],
    )),
    write: |case| write(case, &TARGET),
};

const JVP: &str = r"
def jvp(tangents):
    from autograd.builtins import tuple
    from autograd.core import make_jvp

    at = list(params.values())
    return make_jvp(lambda at: tuple(program(*at)), at)(tangents)[1]
";

const HVP: &str = r"
def hvp(direction):
    from autograd.builtins import tuple
    from autograd.core import make_vjp

    def gradient(at):
        return make_vjp(lambda at: tuple(program(*at)), at)[0](tuple(cotangents))

    return make_vjp(gradient, list(params.values()))[0](direction)
";

const TARGET: Target = Target {
    format: "autograd",
    prologue: r#"# Written by secant. Prints {"value": .., "gradient": ..} as HIPS autograd computes them.
import json
import math
from math import inf, nan

import autograd.numpy as np
import numpy
from autograd import grad
from autograd.numpy import linalg
from autograd.scipy import linalg as scipy_linalg
from autograd.scipy import special, stats

dtype = np.DTYPE


def constant(data, shape):
    return numpy.asarray(data, dtype=dtype).reshape(shape)


def index(data, shape):
    return numpy.asarray(data, dtype=numpy.int64).reshape(shape)


def flat(x):
    return [x if math.isfinite(x) else str(x) for x in numpy.ravel(x).tolist()]


def cast(x):  # only where it takes a cast, which has no forward mode
    return x if x.dtype == dtype else x.astype(dtype)
"#,
    helpers: &[
        (
            "fold",
            r"
def fold(x, axes):  # the axes as one, last
    kept = [axis for axis in range(x.ndim) if axis not in axes]
    sizes = [x.shape[axis] for axis in kept] + [math.prod(x.shape[axis] for axis in axes)]
    return np.reshape(np.transpose(x, kept + list(axes)), sizes)
",
        ),
        (
            "take",
            r"
def take(x, places, axis):
    return x[(slice(None),) * axis + (places.astype(int),)]
",
        ),
        (
            "with_signs",
            r#"
def with_signs(v):  # columns whose first component of at least 0.6 times the largest is positive
    fixed = v
    while hasattr(fixed, "_value"):
        fixed = fixed._value
    size = numpy.abs(fixed)
    if not size.size:
        return v
    leads = numpy.argmax(size >= 0.6 * size.max(-2, keepdims=True), -2, keepdims=True)
    return v * numpy.where(numpy.take_along_axis(fixed, leads, -2) < 0, -1, 1).astype(dtype)
"#,
        ),
        (
            "log_softmax",
            r"
def log_softmax(x, axis):
    return x - special.logsumexp(x, axis=axis, keepdims=True)
",
        ),
        (
            "dropout",
            r"
def dropout(x, kept, rate):
    return np.where(numpy.asarray(kept, dtype=bool).reshape(x.shape), x / (1.0 - rate), 0.0)
",
        ),
    ],
    epilogue: r#"

def objective(*params):
    return sum(np.sum(y * ct) for y, ct in zip(program(*params), cotangents))


values = program(*params.values())
gradients = [grad(objective, k)(*params.values()) for k in range(len(params))]
answer = {
    "value": {name: flat(y) for name, y in zip(outputs, values)},
    "gradient": {name: flat(g) for name, g in zip(params, gradients)},
}
print(json.dumps(answer))
"#,
    taken: &[
        "cast",
        "np",
        "numpy",
        "grad",
        "linalg",
        "scipy_linalg",
        "special",
        "stats",
        "sum",
        "zip",
        "range",
        "len",
        "objective",
        "values",
        "gradients",
        "answer",
    ],
    cast: "cast({0})",
    same: (
        "np",
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
        ("rsqrt", "1.0 / np.sqrt({0})"),
        ("exp10", "np.power(10.0, {0})"),
        ("asin", "np.arcsin({0})"),
        ("acos", "np.arccos({0})"),
        ("atan", "np.arctan({0})"),
        ("asinh", "np.arcsinh({0})"),
        ("acosh", "np.arccosh({0})"),
        ("atanh", "np.arctanh({0})"),
        ("sigmoid", "special.expit({0})"),
        ("log_sigmoid", "-np.logaddexp(0.0, -{0})"),
        ("logit", "special.logit({0})"),
        ("softplus", "np.logaddexp({0}, 0.0)"),
        ("relu", "np.maximum({0}, 0.0)"),
        ("gelu", "{0} * stats.norm.cdf({0})"),
        ("erf", "special.erf({0})"),
        ("erfc", "special.erfc({0})"),
        ("erfinv", "special.erfinv({0})"),
        ("lgamma", "special.gammaln({0})"),
        ("digamma", "special.digamma({0})"),
        ("trigamma", "special.polygamma(1, {0})"),
        ("polygamma", "special.polygamma({n}, {0})"),
        ("normal_cdf", "stats.norm.cdf({0})"),
        ("log_normal_cdf", "stats.norm.logcdf({0})"),
        ("bessel_i0", "special.i0({0})"),
        ("bessel_i1", "special.i1({0})"),
        ("bessel_i", "special.iv({n}, {0})"),
        ("powc", "{0} ** {exponent}"),
        ("powi", "{0} ** {n}"),
        ("clamp", "np.clip({0}, {lo}, {hi})"),
        ("pow", "np.power({0}, {1})"),
        ("atan2", "np.arctan2({0}, {1})"),
        ("max", "np.maximum({0}, {1})"),
        ("min", "np.minimum({0}, {1})"),
        ("gt", "numpy.asarray({0} > {1}).astype(dtype)"),
        ("ge", "numpy.asarray({0} >= {1}).astype(dtype)"),
        ("lt", "numpy.asarray({0} < {1}).astype(dtype)"),
        ("le", "numpy.asarray({0} <= {1}).astype(dtype)"),
        ("eq", "numpy.asarray({0} == {1}).astype(dtype)"),
        ("ne", "numpy.asarray({0} != {1}).astype(dtype)"),
        ("where", "np.where({0} != 0, {1}, {2})"),
    ],
    structural,
    conventions: &[
        ("max", "at a tie each side receives half, as in secant"),
        (
            "hypot",
            "at the origin the gradient is NaN in autograd, 0 in secant",
        ),
        (
            "norm",
            "at the origin the gradient is NaN in autograd, 0 in secant",
        ),
        (
            "std",
            "where all are equal the gradient is NaN in autograd, 0 in secant",
        ),
    ],
};

/// Of a matrix: its factors and inverses.
fn matrices(call: &Call<'_>) -> Option<String> {
    let x = call.args.first()?;
    let is_single = call.shapes.iter().all(|shape| shape.rank() <= 2);
    Some(match call.op {
        "cholesky" if call.flag("lower") => format!("linalg.cholesky(symmetric({x}))"),
        "cholesky" => format!("np.swapaxes(linalg.cholesky(symmetric({x})), -1, -2)"),
        "slogdet" => format!("linalg.slogdet({x})[1]"),
        "svdvals" => format!("linalg.svd({x}, full_matrices=False)[1]"),
        "eigvalsh" | "eigh_values" => format!("linalg.eigh(symmetric({x}))[0]"),
        "eigh_vectors" => format!("with_signs(linalg.eigh(symmetric({x}))[1])"),
        "pinv" => {
            let rcond = literal(call.number("rcond")?, Dtype::F64);
            format!("linalg.pinv({x}, {rcond})")
        }
        "solve" => solved(call, "linalg.solve", ""),
        "triangular_solve" if is_single && !call.flag("unit_diagonal") => {
            let lower = truth(call.flag("lower"));
            let transposed = if call.flag("transpose") { "T" } else { "N" };
            let more = format!("trans=\"{transposed}\", lower={lower}");
            let args = call.args.join(", ");
            format!("scipy_linalg.solve_triangular({args}, {more})")
        }
        _ => return None,
    })
}

fn structural(call: &Call<'_>) -> Option<String> {
    if let Some(own) = matrices(call) {
        return Some(own);
    }
    let x = call.args.first()?;
    let keepdims = truth(call.flag("keepdims"));
    let shape = tuple(call.shape.iter());
    let reduced = |name: &str| {
        let axes = tuple(call.axes()?);
        Some(format!("{name}({x}, axis={axes}, keepdims={keepdims})"))
    };
    let folded = || Some(format!("fold({x}, {})", tuple(call.axes()?)));
    let flipped = |x: &str, axes: &str| format!("np.flip({x}, {axes})");
    Some(match call.op {
        "sum" | "mean" | "prod" => reduced(&format!("np.{}", call.op))?,
        "max_reduce" => reduced("np.max")?,
        "min_reduce" => reduced("np.min")?,
        "logsumexp" => reduced("special.logsumexp")?,
        "var" | "std" => {
            let (axes, ddof) = (tuple(call.axes()?), call.integer("ddof")?);
            format!(
                "np.{}({x}, axis={axes}, ddof={ddof}, keepdims={keepdims})",
                call.op
            )
        }
        "norm" => {
            let ord = literal(call.number("ord")?, Dtype::F64);
            format!(
                "np.reshape(linalg.norm({}, {ord}, axis=-1), {shape})",
                folded()?
            )
        }
        "cumsum" if !call.flag("exclusive") => {
            let axis = call.axis("axis")?.to_string();
            match call.flag("reverse") {
                false => format!("np.cumsum({x}, {axis})"),
                true => {
                    let sums = format!("np.cumsum({}, {axis})", flipped(x, &axis));
                    flipped(&sums, &axis)
                }
            }
        }
        "cumprod" if !call.flag("exclusive") && !call.flag("reverse") => {
            format!("np.cumprod({x}, {})", call.axis("axis")?)
        }
        "median" => {
            let axes = call.given_axes()?;
            format!("np.median({x}, axis={axes}, keepdims={keepdims})")
        }
        "argmax" | "argmin" => format!("np.{}({x}, {})", call.op, call.axis("axis")?),
        "flip" => {
            let axes = call.axes()?;
            let turned = |axis| if axes.contains(&axis) { "::-1" } else { ":" };
            let slices: Vec<&str> = (0..call.shapes[0].rank()).map(turned).collect();
            match slices.is_empty() {
                true => x.clone(),
                false => format!("{x}[{}]", slices.join(", ")),
            }
        }
        "cross" => {
            let axis = resolve_axis(call.integer("axis")?, call.shape.rank()).ok()?;
            let [a, b] = [x, &call.args[1]].map(|x| format!("np.broadcast_to({x}, {shape})"));
            format!("np.cross({a}, {b}, axis={axis})")
        }
        "transpose" => match call.integers("perm") {
            Some(perm) => format!("np.transpose({x}, {})", tuple(perm)),
            None => format!("np.transpose({x})"),
        },
        "slice" => call.sliced()?,
        "pad" => {
            let pads = call.pads()?;
            let pairs = tuple(pads.iter().map(|&(lo, hi)| tuple([lo, hi])));
            let value = literal(call.number("value")?, Dtype::F64);
            match call.word("mode")? {
                _ if pads.is_empty() => x.clone(),
                "constant" => {
                    format!("np.pad({x}, {pairs}, \"constant\", constant_values={value})")
                }
                _ => return None,
            }
        }
        "concat" | "stack" => {
            let name = if call.op == "stack" {
                "stack"
            } else {
                "concatenate"
            };
            let axis = call.integer("axis")?;
            format!("np.{name}([{}], {axis})", call.args.join(", "))
        }
        "repeat" => {
            let repeats = call.integer("repeats")?;
            format!("np.repeat({x}, {repeats}, axis={})", call.axis("axis")?)
        }
        "outer" => format!("np.reshape(np.outer({x}, {}), {shape})", call.args[1]),
        "sort" => {
            let axis = call.axis("axis")?.to_string();
            let sorted = format!("np.sort({x}, {axis})");
            match call.flag("descending") {
                true => flipped(&sorted, &axis),
                false => sorted,
            }
        }
        "softmax" => format!("np.exp(log_softmax({x}, {}))", call.axis("axis")?),
        "log_softmax" => format!("log_softmax({x}, {})", call.axis("axis")?),
        "recurrence"
        | "take_along_axis"
        | "scatter_add"
        | "scatter_add_along_axis"
        | "scatter"
        | "scatter_along_axis" => return None,
        _ => return alike(call, "np"),
    })
}
