//! What the engines in Python spell alike, but for the name of the library.

use super::python::{Call, literal, truth, tuple};
use crate::graph::Dtype;

/// Rows of the table that Python has operators for.
pub(super) const OPERATORS: &[(&str, &str)] = &[
    ("neg", "-{0}"),
    ("cube", "{0} * {0} * {0}"),
    ("add", "{0} + {1}"),
    ("sub", "{0} - {1}"),
    ("mul", "{0} * {1}"),
    ("div", "{0} / {1}"),
    ("fma", "{0} * {1} + {2}"),
];

/// Functions that are written only into programs that call them; `LIBRARY` is the library's name.
pub(super) const HELPERS: &[(&str, &str)] = &[
    (
        "ierfcx",
        r"
def ierfcx(x, n):  # e^(x^2) times the n-th integral of erfc: of t^n / n! e^(-t^2 - 2 x t), with t = e^(s - e^-s)
    total = LIBRARY.zeros_like(x)
    for k in range(-64, 81):
        s = k / 16
        t = math.exp(s - math.exp(-s))
        weight = n * math.log(t) - math.lgamma(n + 1) + math.log(t * (1 + math.exp(-s)) / 16)
        total = total + LIBRARY.exp(weight - t * t - 2.0 * t * x)
    return total * 2.0 / math.sqrt(math.pi)
",
    ),
    (
        "symmetric",
        r"
def symmetric(a):
    return (a + LIBRARY.swapaxes(a, -1, -2)) / 2
",
    ),
    (
        "bessel_i",
        r"
def bessel_i(x, n):  # by the power series
    term = LIBRARY.ones_like(x)
    for k in range(1, n + 1):
        term = term * x / (2 * k)
    total = term
    for k in range(1, 300):
        term = term * x * x / (4 * k * (k + n))
        total = total + term
    return total
",
    ),
];

/// The sizes that the right side of a system of equations needs before an engine takes it for matrices, if they are others than
/// it has; and what makes the result of the engine's solution.
pub(super) fn right_side(call: &Call<'_>) -> (Option<String>, &'static str) {
    let is_vector = call.shapes[1].rank() == 1;
    let sizes = call.shapes[1].iter().copied();
    let mut sizes: Vec<usize> = sizes.chain(is_vector.then_some(1)).collect();
    let missing = call.shapes[0].rank().saturating_sub(sizes.len());
    sizes.splice(0..0, std::iter::repeat_n(1, missing));
    let is_other = sizes.len() != call.shapes[1].rank();
    let last = if is_vector { "[..., 0]" } else { "" };
    (is_other.then(|| tuple(sizes)), last)
}

/// A function that solves a system of equations with these further arguments.
pub(super) fn solved(call: &Call<'_>, function: &str, more: &str) -> String {
    let (sizes, last) = right_side(call);
    let reshaped = sizes.map_or(String::new(), |sizes| format!(".reshape({sizes})"));
    let [a, b] = [&call.args[0], &call.args[1]];
    format!("{function}({a}, {b}{reshaped}{more}){last}")
}

/// What some engines make of a matrix in one word.
pub(super) fn factored(call: &Call<'_>, lib: &str) -> Option<String> {
    let x = call.args.first()?;
    Some(match call.op {
        "svdvals" => format!("{lib}.linalg.svdvals({x})"),
        "eigvalsh" => format!("{lib}.linalg.eigvalsh(symmetric({x}))"),
        "qr_q" => format!("signed_qr({x})[0]"),
        "qr_r" => format!("signed_qr({x})[1]"),
        "matrix_power" => format!("{lib}.linalg.matrix_power({x}, {})", call.integer("n")?),
        "pinv" => {
            let rcond = literal(call.number("rcond")?, Dtype::F64);
            format!("{lib}.linalg.pinv({x}, rtol={rcond})")
        }
        _ => return None,
    })
}

/// A structural operation in the words of `lib`, if it has what the others have.
pub(super) fn alike(call: &Call<'_>, lib: &str) -> Option<String> {
    let x = call.args.first()?;
    let shape = tuple(call.shape.iter());
    let variance = || {
        let left = call.folded()? as i64 - call.integer("ddof")?;
        let count = if left > 0 {
            left.to_string()
        } else {
            "nan".into()
        };
        let (axes, keepdims) = (tuple(call.axes()?), truth(call.flag("keepdims")));
        Some(format!("variance({x}, {axes}, {count}, {keepdims})"))
    };
    Some(match call.op {
        "var" => variance()?,
        "std" => format!("{lib}.sqrt({})", variance()?),
        "recurrence" => {
            let (axis, reverse) = (call.axis("axis")?, truth(call.flag("reverse")));
            format!("recurrence({x}, {}, {axis}, {reverse})", call.args[1])
        }
        "reshape" | "squeeze" | "unsqueeze" => format!("{x}.reshape({shape})"),
        "broadcast_to" => format!("{lib}.broadcast_to({x}, {shape})"),
        "flip" => format!("{lib}.flip({x}, {})", tuple(call.axes()?)),
        "roll" => {
            let (shift, axis) = (call.integer("shift")?, call.axis("axis")?);
            format!("{lib}.roll({x}, {shift}, {axis})")
        }
        "tile" => format!("{lib}.tile({x}, {})", tuple(call.integers("reps")?)),
        "diag" | "tril" | "triu" => format!("{lib}.{}({x}, {})", call.op, call.integer("k")?),
        "diagonal" => format!("{lib}.diagonal({x}, {}, -2, -1)", call.integer("offset")?),
        "trace" => {
            let offset = call.integer("offset")?;
            format!("{lib}.diagonal({x}, {offset}, -2, -1).sum(-1)")
        }
        "take" | "take_along_axis" => {
            format!("{}({x}, {}, {})", call.op, call.args[1], call.axis("axis")?)
        }
        "embedding" => format!("take({x}, {}, 0)", call.args[1]),
        "scatter_add" | "scatter_add_along_axis" | "scatter" | "scatter_along_axis" => {
            let (index, src, axis) = (&call.args[1], &call.args[2], call.axis("axis")?);
            format!("{}({x}, {index}, {src}, {axis})", call.op)
        }
        "matmul" | "dot" | "inner" | "kron" => format!("{lib}.{}({x}, {})", call.op, call.args[1]),
        "tensordot" => {
            let [a, b] = call.pairs()?.map(tuple);
            format!("{lib}.tensordot({x}, {}, ({a}, {b}))", call.args[1])
        }
        "einsum" => {
            let equation = call.word("equation")?;
            format!("{lib}.einsum({equation:?}, {})", call.args.join(", "))
        }
        "det" | "inv" => format!("{lib}.linalg.{}({x})", call.op),
        "dropout" if call.number("rate")? == 1.0 => format!("{lib}.zeros_like({x})"),
        "dropout" => {
            let kept = (call.of_ones)()?;
            let kept: Vec<&str> = kept.iter().map(|scale| truth(scale != 0.0)).collect();
            let kept = format!("[{}]", kept.join(", "));
            let rate = literal(call.number("rate")?, Dtype::F64);
            format!("dropout({x}, {kept}, {rate})")
        }
        _ => return None,
    })
}
