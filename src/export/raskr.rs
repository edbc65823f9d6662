//! A Rust program for autograd 2.0.0-rc3, raskr's: the engine rust-autograd.
//!
//! Its tensors are nodes of a graph, and nothing is computed before it is asked for. Operands broadcast only if they have the
//! same rank or are numbers.

use super::crates::{self, Target, Use, list};
use super::reproduce::Expected;
use super::{ExportError, Format};
use crate::graph::{Case, Dtype};

pub(super) const FORMAT: Format = Format {
    name: "rust-autograd",
    doc: "a Rust program that prints value and gradient as raskr's autograd has them",
    is_whole: false,
    write: |case| program(case, &[]),
};

/// What a manifest needs. With debug assertions its `transpose` ends the program, whatever else it does.
pub(super) const DEPENDENCIES: &str = "autograd = \"=VERSION\"\n\n\
                                       [profile.dev]\ndebug-assertions = false\noverflow-checks = false\n";

pub(super) fn program(case: &Case, expected: &[Expected]) -> Result<String, ExportError> {
    crates::write(case, &TARGET, expected)
}

const TARGET: Target = Target {
    format: "rust-autograd",
    dtype: |dtype| match dtype {
        Dtype::F32 => "f32",
        Dtype::F64 => "f64",
    },
    highest_rank: usize::MAX,
    prologue: &[r#"
use autograd::ndarray::{ArrayD, IxDyn};
use autograd::tensor_ops as ops;
use autograd::{Context, Tensor, VariableEnvironment};

type Number = {dtype};
type Param<'g> = Tensor<'g, Number>;

fn array(data: &[f64], shape: &[usize]) -> ArrayD<Number> {
    let data = data.iter().map(|&x| x as Number).collect();
    ArrayD::from_shape_vec(IxDyn(shape), data).unwrap()
}

/// Numbers, or integers as axes and shapes are taken.
fn constant<'g>(data: &[f64], shape: &[usize], ctx: &'g Context<'_, '_, Number>) -> Param<'g> {
    ops::convert_to_tensor(array(data, shape), ctx)
}

fn flat(x: &Param<'_>, ctx: &Context<'_, '_, Number>) -> Vec<f64> {
    x.eval(ctx).unwrap().iter().map(|&x| f64::from(x)).collect()
}
"#],
    frame: [
        "fn main() {\n    VariableEnvironment::<Number>::new().run(|ctx: &mut Context<Number>| {\n    let ctx = &*ctx;",
        "    });\n",
    ],
    leaf: |_, data, shape| format!("constant(&{data}, &{shape}, ctx)"),
    rows: &[&[
        ("neg", "ops::neg({0})"),
        ("abs", "ops::abs({0})"),
        ("sign", "ops::sign({0})"),
        ("square", "ops::square({0})"),
        ("cube", "ops::pow({0}, 3.0)"),
        ("recip", "ops::inv({0})"),
        ("sqrt", "ops::sqrt({0})"),
        ("rsqrt", "ops::inv_sqrt({0})"),
        ("exp", "ops::exp({0})"),
        ("exp2", "ops::exp2({0})"),
        ("exp10", "ops::exp10({0})"),
        ("log", "ops::ln({0})"),
        ("log2", "ops::log2({0})"),
        ("log10", "ops::log10({0})"),
        ("sin", "ops::sin({0})"),
        ("cos", "ops::cos({0})"),
        ("tan", "ops::tan({0})"),
        ("asin", "ops::asin({0})"),
        ("acos", "ops::acos({0})"),
        ("atan", "ops::atan({0})"),
        ("sinh", "ops::sinh({0})"),
        ("cosh", "ops::cosh({0})"),
        ("tanh", "ops::tanh({0})"),
        ("asinh", "ops::asinh({0})"),
        ("acosh", "ops::acosh({0})"),
        ("atanh", "ops::atanh({0})"),
        ("floor", "ops::floor({0})"),
        ("ceil", "ops::ceil({0})"),
        ("sigmoid", "ops::sigmoid({0})"),
        ("elu", "ops::elu({0}, {alpha})"),
        ("relu", "ops::relu({0})"),
        ("leaky_relu", "ops::leaky_relu({0}, {slope})"),
        ("softplus", "ops::softplus({0})"),
        ("powc", "ops::pow({0}, {exponent})"),
        ("powi", "ops::pow({0}, {n})"),
        ("clamp", "ops::clip({0}, {lo}, {hi})"),
        ("add", "{0} + {1}"),
        ("sub", "{0} - {1}"),
        ("mul", "{0} * {1}"),
        ("div", "{0} / {1}"),
        ("max", "ops::maximum({0}, {1})"),
        ("min", "ops::minimum({0}, {1})"),
        ("gt", "ops::greater({0}, {1})"),
        ("ge", "ops::greater_equal({0}, {1})"),
        ("lt", "ops::lesser({0}, {1})"),
        ("le", "ops::lesser_equal({0}, {1})"),
        ("eq", "ops::equal({0}, {1})"),
        ("ne", "ops::not_equal({0}, {1})"),
    ]],
    rows_with_number: &[&[
        ("add", "{0} + {1} as Number"),
        ("sub", "{0} - {1} as Number"),
        ("mul", "{0} * {1} as Number"),
        ("div", "{0} / {1} as Number"),
    ]],
    rows_of_number: &[&[
        ("add", "{0} + {1}"),
        ("sub", "{0} - {1}"),
        ("mul", "{0} * {1}"),
        ("div", "{0} / {1}"),
    ]],
    sizes: |shape| shape.to_string(),
    operand: |name, _, _| name.into(),
    structural,
    around: ["", ""],
    param: |variable| variable.into(),
    output: |name, variable, data, shape| {
        format!("({name:?}, {variable}, constant(&{data}, &{shape}, ctx))")
    },
    values: r#"    let mut loss = ops::scalar(0.0, ctx);
    for (name, y, cotangent) in outputs {
        answer.push(("value", name, flat(&y, ctx)));
        loss = loss + ops::sum_all(y * cotangent);
    }
"#,
    gradient: r#"    for (name, x) in &params {
        let gradient = ops::grad(&[loss], &[*x])[0];
        answer.push(("gradient", name, flat(&gradient, ctx)));
    }
"#,
};

/// Integers as a tensor.
fn integers<'n>(numbers: impl IntoIterator<Item = &'n usize>) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(|n| format!("{n}.0")).collect();
    format!("&constant(&{}, &[{}], ctx)", list(&numbers), numbers.len())
}

fn structural(call: &Use<'_>) -> Option<String> {
    let (x, rank) = (call.arg(0), call.shape(0).rank());
    let of = &call.call;
    let reduced = |name: &str| {
        let axes = integers(&of.axes()?);
        Some(format!("ops::{name}({x}, {axes}, {})", of.flag("keepdims")))
    };
    let along = |name: &str| Some(format!("ops::{name}({x}, {})", of.axis("axis")?));
    Some(match of.op {
        "sum" => reduced("reduce_sum")?,
        "mean" => reduced("reduce_mean")?,
        "prod" => reduced("reduce_prod")?,
        "max_reduce" => reduced("reduce_max")?,
        "min_reduce" => reduced("reduce_min")?,
        "var" if of.integer("ddof") == Some(0) => reduced("reduce_variance")?,
        "logsumexp" => match of.axes()?[..] {
            [axis] => format!(
                "ops::reduce_logsumexp({x}, {axis}, {})",
                of.flag("keepdims")
            ),
            _ => return None,
        },
        "argmax" | "argmin" => format!("ops::{}({x}, {}, false)", of.op, of.axis("axis")?),
        "softmax" => along("softmax")?,
        "log_softmax" => along("log_softmax")?,
        "reshape" if of.shape.rank() == 1 => format!("ops::flatten({x})"),
        "reshape" => format!("ops::reshape({x}, {})", integers(of.shape.iter())),
        "transpose" => {
            let order: Vec<usize> = match of.integers("perm") {
                Some(perm) => perm
                    .iter()
                    .map(|k| k.rem_euclid(rank as i64) as usize)
                    .collect(),
                None => (0..rank).rev().collect(),
            };
            format!("ops::transpose({x}, {})", integers(&order))
        }
        "squeeze" => {
            let axes = call.shape(0).axes(Some(&of.integers("axes")?)).ok()?;
            format!("ops::squeeze({x}, {})", integers(&axes))
        }
        "unsqueeze" => {
            let mut axes = of.shape.axes(Some(&of.integers("axes")?)).ok()?;
            axes.sort_unstable();
            format!("ops::expand_dims({x}, {})", integers(&axes))
        }
        "tile" => {
            let reps = of.integers("reps")?;
            let tiled = |y: String, (k, times): (usize, &i64)| match times {
                1 => y,
                _ => format!("ops::tile({y}, {}, {times})", rank - 1 - k),
            };
            let axes = (reps.len() <= rank).then(|| reps.iter().rev().enumerate())?;
            axes.fold(x.to_string(), tiled)
        }
        "slice" => {
            let ranges = of.ranges()?;
            let is_plain = ranges.iter().all(|(_, _, step)| *step == 1);
            let starts = list(ranges.iter().map(|(start, ..)| start));
            let ends = ranges.iter().zip(call.shape(0).iter());
            let ends =
                list(ends.map(|((_, stop, _), n)| if *stop == *n as i64 { -1 } else { *stop }));
            is_plain.then(|| format!("ops::slice({x}, &{starts}, &{ends})"))?
        }
        "concat" => format!("ops::concat(&{}, {})", list(of.args), of.axis("axis")?),
        "take" | "embedding" => {
            let axis = if of.op == "take" { of.axis("axis")? } else { 0 };
            let places = call.places(1, call.shape(0)[axis])?;
            let places = list(places.iter().map(|place| format!("{place}.0")));
            let index = format!("constant(&{places}, &{}, ctx)", call.shape(1));
            format!("ops::gather({x}, {index}, {axis})")
        }
        "matmul" => match (rank, call.shape(1).rank()) {
            (2, 2) => format!("ops::matmul({x}, {})", call.arg(1)),
            (2.., _)
                if call.shape(0)[..rank - 2]
                    == call.shape(1)[..call.shape(1).rank().checked_sub(2)?] =>
            {
                format!("ops::batch_matmul({x}, {})", call.arg(1))
            }
            _ => return None,
        },
        "conv2d" | "conv_transpose2d" => {
            let even = |name: &str| match of.per_axis(name)?[..] {
                [n, m] if n == m => Some(n),
                _ => None,
            };
            let is_plain = of.integer("groups") == Some(1)
                && (of.op == "conv2d" || even("output_padding")? == 0);
            let name = match of.op {
                "conv2d" => "conv2d",
                _ => "conv2d_transpose",
            };
            let (padding, stride) = (even("padding")?, even("stride")?);
            let w = call.arg(1);
            is_plain.then_some(match even("dilation")? {
                1 => format!("ops::{name}({x}, {w}, {padding}, {stride})"),
                dilation => {
                    format!("ops::dilated_{name}({x}, {w}, {padding}, {stride}, {dilation})")
                }
            })?
        }
        "max_pool2d" => {
            let pair =
                |sizes: Vec<i64>| (sizes.len() == 2 && sizes[0] == sizes[1]).then(|| sizes[0]);
            let (size, stride) = (pair(of.per_axis("kernel")?)?, pair(of.pool_stride()?)?);
            let padding = pair(of.per_axis("padding")?)?;
            format!("ops::max_pool2d({x}, {size}, {padding}, {stride})")
        }
        "stop_gradient" => format!("ops::stop_gradient({x})"),
        _ => return None,
    })
}
