//! What JAX, PyTorch and HIPS autograd spell alike, but for the name of the library.

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

/// A structural operation in the words of `lib`, if both libraries have the same.
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
