//! Rust programs for autograd 2.0.0-rc3, raskr's, which is the engine rust-autograd, and for scirs2-autograd, which goes on from it.
//!
//! Tensors are nodes of a graph, and nothing is computed before it is asked for. Operands broadcast only if they have the
//! same rank or are numbers.

use super::crates::{self, Pattern, Target, Use, float, list};
use super::{Format, Package};
use crate::graph::Dtype;
use crate::op::Input;

pub(super) const RASKR: Format = Format {
    name: RASKRS.format,
    doc: "a Rust program that prints value and gradient as raskr's autograd has them",
    is_whole: false,
    // with debug assertions its `transpose` ends the program, whatever else it does
    package: Some(Package::Rust(
        "autograd = \"=VERSION\"\n\n[profile.dev]\ndebug-assertions = false\noverflow-checks = false\n",
        |case, expected| crates::write(case, &RASKRS, expected),
    )),
    write: |case| crates::write(case, &RASKRS, &[]),
};

pub(super) const SCIRS2: Format = Format {
    name: SCIRS2S.format,
    doc: "a Rust program that prints value and gradient as scirs2-autograd has them",
    is_whole: false,
    package: Some(Package::Rust(
        "scirs2-autograd = { version = \"=VERSION\", default-features = false }\n",
        |case, expected| crates::write(case, &SCIRS2S, expected),
    )),
    write: |case| crates::write(case, &SCIRS2S, &[]),
};

/// Imports and the type of a parameter, in the crate `$name`.
macro_rules! prologue {
    ($name:literal, $more:literal) => {
        concat!(
            "\nuse ",
            $name,
            "::ndarray::{ArrayD, IxDyn};\nuse ",
            $name,
            "::tensor_ops as ops;\nuse ",
            $name,
            "::{Context, Tensor",
            $more,
            "};\n",
            r#"
type Number = {dtype};
type Param<'g> = Tensor<'g, Number>;

fn array(data: &[f64], shape: &[usize]) -> ArrayD<Number> {
    let data = data.iter().map(|&x| x as Number).collect();
    ArrayD::from_shape_vec(IxDyn(shape), data).unwrap()
}
"#
        )
    };
}

/// The start of `main`: a graph, numbers that come in (also integers, as axes and shapes are taken) and numbers that go out.
macro_rules! start {
    ($run:literal, $variables:literal) => {
        concat!(
            "fn main() {\n    ", $run, "(|ctx: &mut Context<Number>| {\n    let ctx = &*ctx;\n",
            "    let constant = |data: &[f64], shape: &[usize]| ops::convert_to_tensor(array(data, shape), ctx);\n", $variables,
            "    let flat = |x: &Param, like: &Param| -> Vec<f64> {\n        \
             let (x, like) = (x.eval(ctx).unwrap(), like.eval(ctx).unwrap());\n        \
             assert_eq!(x.shape(), like.shape(), \"shapes\");\n        \
             x.iter().map(|&x| f64::from(x)).collect()\n    };"
        )
    };
}

const SCIRS2S: Target = Target {
    format: "scirs2",
    prologue: &[prologue!("scirs2_autograd", "")],
    frame: [
        start!(
            "scirs2_autograd::run",
            "    let variable = |data: &[f64], shape: &[usize]| ops::variable(array(data, shape), ctx);\n"
        ),
        "    });\n",
    ],
    leaf: |role, data, shape| match role {
        Input::Param => format!("variable(&{data}, &{shape})"),
        _ => format!("constant(&{data}, &{shape})"),
    },
    rows: &[
        BOTH,
        &[
            ("relu6", "ops::relu6({0})"),
            ("hard_tanh", "ops::hard_tanh({0})"),
            ("gelu_tanh", "ops::gelu({0})"),
            ("silu", "ops::swish({0})"),
            ("mish", "ops::mish({0})"),
            ("lgamma", "ops::lgamma_{dtype}({0})"),
            ("digamma", "ops::digamma_{dtype}({0})"),
            ("pow", "ops::broadcast_pow(&{0}, &{1})"),
            ("max", "ops::broadcast_maximum(&{0}, &{1})"),
            ("min", "ops::broadcast_minimum(&{0}, &{1})"),
            ("where", "ops::where_op(&{0}, &{1}, &{2})"),
        ],
    ],
    structural: |call| scirs2(call).or_else(|| structural(call)),
    ..RASKRS
};

const RASKRS: Target = Target {
    format: "rust-autograd",
    dtype: |dtype| match dtype {
        Dtype::F32 => "f32",
        Dtype::F64 => "f64",
    },
    highest_rank: usize::MAX,
    prologue: &[prologue!("autograd", ", VariableEnvironment")],
    frame: [
        start!("VariableEnvironment::<Number>::new().run", ""),
        "    });\n",
    ],
    leaf: |_, data, shape| format!("constant(&{data}, &{shape})"),
    rows: &[
        BOTH,
        &[
            ("max", "ops::maximum({0}, {1})"),
            ("min", "ops::minimum({0}, {1})"),
        ],
    ],
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
        format!("({name:?}, {variable}, constant(&{data}, &{shape}))")
    },
    values: r#"    let mut loss = ops::scalar(0.0, ctx);
    for (name, y, cotangent) in outputs {
        answer.push(("value", name, flat(&y, &cotangent)));
        loss = loss + ops::sum_all(y * cotangent);
    }
"#,
    gradient: r#"    for (name, x) in &params {
        let gradient = ops::grad(&[loss], &[*x])[0];
        answer.push(("gradient", name, flat(&gradient, x)));
    }
"#,
};

/// What both spell the same.
const BOTH: &[Pattern] = &[
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
    ("gt", "ops::greater({0}, {1})"),
    ("ge", "ops::greater_equal({0}, {1})"),
    ("lt", "ops::lesser({0}, {1})"),
    ("le", "ops::lesser_equal({0}, {1})"),
    ("eq", "ops::equal({0}, {1})"),
    ("ne", "ops::not_equal({0}, {1})"),
];

/// Integers as a tensor.
fn integers<'n>(numbers: impl IntoIterator<Item = &'n usize>) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(|n| format!("{n}.0")).collect();
    format!("&constant(&{}, &[{}])", list(&numbers), numbers.len())
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
        "sum" | "mean" if of.is_of_all() => format!("ops::{}_all({x})", of.op),
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
        "transpose" => format!("ops::transpose({x}, {})", integers(&of.perm()?)),
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
            let index = format!("constant(&{places}, &{})", call.shape(1));
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
        "tensordot" => {
            let [a, b] = of.pairs()?;
            let (z, a, b) = (call.arg(1), integers(&a), integers(&b));
            format!("ops::tensordot({x}, {z}, {a}, {b})")
        }
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

/// What scirs2 has besides.
fn scirs2(call: &Use<'_>) -> Option<String> {
    let (x, rank, of) = (call.arg(0), call.shape(0).rank(), &call.call);
    let is_matrix = rank == 2;
    Some(match of.op {
        "std" if of.integer("ddof") == Some(0) => {
            let axes = integers(&of.axes()?);
            format!("ops::reduce_std({x}, {axes}, {})", of.flag("keepdims"))
        }
        "norm" => {
            let (axes, keeps, ord) = (of.axes()?, of.flag("keepdims"), of.number("ord")?);
            let is_whole = axes.len() == rank && !keeps;
            let axes = integers(&axes);
            match ord {
                2.0 if is_whole => format!("ops::frobenius_norm({x})"),
                2.0 => format!("ops::l2_norm({x}, {axes}, {keeps})"),
                1.0 => format!("ops::l1_norm({x}, {axes}, {keeps})"),
                _ if !ord.is_finite() => return None,
                _ => format!("ops::lp_norm({x}, {}, {axes}, {keeps})", float(ord)),
            }
        }
        "slice" => {
            let ranges = of.ranges()?;
            if ranges.iter().all(|(.., step)| *step == 1) {
                return None;
            }
            let ranges = ranges.iter().zip(of.shape.iter());
            let ranges = ranges.map(|(&(start, _, step), &length)| {
                let end = match length as i64 {
                    0 => start,
                    length => start + (length - 1) * step + 1,
                };
                format!("ops::SliceRange::new(Some({start}), Some({end}), Some({step}))")
            });
            let is_forward = of.ranges()?.iter().all(|(.., step)| *step > 0);
            is_forward.then(|| format!("ops::efficient_slice(&{x}, &{})", list(ranges)))?
        }
        "tile" => return None,
        "diag" if of.integer("k") == Some(0) => match rank {
            1 => format!("ops::diag({x})"),
            _ => format!("ops::extract_diag({x})"),
        },
        "trace" if of.integer("offset") == Some(0) && is_matrix => format!("ops::trace({x})"),
        "tril" if is_matrix => format!("ops::tril(&{x}, {})", -of.integer("k")?),
        "triu" if is_matrix => format!("ops::triu(&{x}, {})", of.integer("k")?),
        "dot" => format!("ops::einsum(\"i,i->\", &[&{x}, &{}])", call.arg(1)),
        "outer" if rank == 1 && call.shape(1).rank() == 1 => {
            format!("ops::einsum(\"i,j->ij\", &[&{x}, &{}])", call.arg(1))
        }
        "einsum" if of.args.len() == 2 => {
            let equation = of.word("equation")?.replace(' ', "");
            format!("ops::einsum({equation:?}, &[&{x}, &{}])", call.arg(1))
        }
        "kron" if is_matrix => format!("ops::kron(&{x}, &{})", call.arg(1)),
        "det" if is_matrix => format!("ops::determinant({x})"),
        "inv" if is_matrix => format!("ops::matrix_inverse({x})"),
        "slogdet" if is_matrix => format!("ops::slogdet(&{x}).1"),
        "solve" if is_matrix => format!("ops::solve({x}, {})", call.arg(1)),
        "cholesky" if is_matrix => match of.flag("lower") {
            true => format!("ops::cholesky(&ops::symmetrize(&{x}))"),
            false => format!("ops::transpose(ops::cholesky(&ops::symmetrize(&{x})), &[1, 0])"),
        },
        "svdvals" if is_matrix => format!("ops::svd({x}).1"),
        "pinv" if is_matrix => format!("ops::pinv(&{x})"),
        "expm" if is_matrix => format!("ops::matrix_exp(&{x})"),
        "matrix_power" if is_matrix => format!("ops::matrix_power(&{x}, {}.0)", of.integer("n")?),
        _ => return None,
    })
}
