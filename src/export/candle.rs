//! A Rust program for candle-core 0.11.
//!
//! candle's gelu is the approximation by tanh, and gelu_erf the exact one. It rounds halves away from 0, and has no derivative
//! of many of its functions.

use super::crates::{self, Target, Use, list};
use super::reproduce::Expected;
use super::{ExportError, Format, Package};
use crate::graph::Case;
use crate::op::Input;

pub(super) const FORMAT: Format = Format {
    name: "candle",
    doc: "a Rust program that prints value and gradient as candle-core has them",
    is_whole: false,
    package: Some(Package::Rust(DEPENDENCIES, program)),
    write: |case| program(case, &[]),
};

/// What a manifest needs.
const DEPENDENCIES: &str = "candle-core = \"=VERSION\"\n";

fn program(case: &Case, expected: &[Expected]) -> Result<String, ExportError> {
    crates::write(case, &TARGET, expected)
}

const TARGET: Target = Target {
    format: "candle",
    dtype: crates::dtype,
    highest_rank: usize::MAX,
    prologue: &[r#"
use candle_core::{DType, Device, Result, Tensor, Var};

fn constant(data: &[f64], shape: &[usize]) -> Result<Tensor> {
    Tensor::from_slice(data, shape, &Device::Cpu)?.to_dtype({dtype})
}

fn index(data: &[u32], shape: &[usize]) -> Result<Tensor> {
    Tensor::from_slice(data, shape, &Device::Cpu)
}

fn flat(x: &Tensor, like: &Tensor) -> Result<Vec<f64>> {
    assert_eq!(x.dims(), like.dims(), "shapes");
    x.to_dtype(DType::F64)?.flatten_all()?.to_vec1()
}

type Param = Tensor;
"#],
    frame: ["fn main() -> Result<()> {", "    Ok(())\n"],
    leaf: |role, data, shape| {
        let value = format!("constant(&{data}, &{shape})?");
        match role {
            Input::Param => format!("Var::from_tensor(&{value})?.as_tensor().clone()"),
            _ => value,
        }
    },
    rows: &[&[
        ("neg", "{0}.neg()?"),
        ("abs", "{0}.abs()?"),
        ("sign", "{0}.sign()?"),
        ("square", "{0}.sqr()?"),
        ("cube", "{0}.powf(3.0)?"),
        ("recip", "{0}.recip()?"),
        ("sqrt", "{0}.sqrt()?"),
        ("rsqrt", "{0}.powf(-0.5)?"),
        ("exp", "{0}.exp()?"),
        ("log", "{0}.log()?"),
        ("sin", "{0}.sin()?"),
        ("cos", "{0}.cos()?"),
        ("tanh", "{0}.tanh()?"),
        ("erf", "{0}.erf()?"),
        ("relu", "{0}.relu()?"),
        ("elu", "{0}.elu({alpha})?"),
        ("gelu", "{0}.gelu_erf()?"),
        ("gelu_tanh", "{0}.gelu()?"),
        ("silu", "{0}.silu()?"),
        ("floor", "{0}.floor()?"),
        ("ceil", "{0}.ceil()?"),
        ("round", "{0}.round()?"),
        ("powc", "{0}.powf({exponent})?"),
        ("powi", "{0}.powf({n})?"),
        ("clamp", "{0}.clamp({lo}, {hi})?"),
        ("add", "{0}.broadcast_add(&{1})?"),
        ("sub", "{0}.broadcast_sub(&{1})?"),
        ("mul", "{0}.broadcast_mul(&{1})?"),
        ("div", "{0}.broadcast_div(&{1})?"),
        ("pow", "{0}.broadcast_pow(&{1})?"),
        ("max", "{0}.broadcast_maximum(&{1})?"),
        ("min", "{0}.broadcast_minimum(&{1})?"),
        ("gt", "{0}.broadcast_gt(&{1})?.to_dtype({dtype})?"),
        ("ge", "{0}.broadcast_ge(&{1})?.to_dtype({dtype})?"),
        ("lt", "{0}.broadcast_lt(&{1})?.to_dtype({dtype})?"),
        ("le", "{0}.broadcast_le(&{1})?.to_dtype({dtype})?"),
        ("eq", "{0}.broadcast_eq(&{1})?.to_dtype({dtype})?"),
        ("ne", "{0}.broadcast_ne(&{1})?.to_dtype({dtype})?"),
        (
            "where",
            "{0}.ne(0.0)?.broadcast_as(Vec::<usize>::from({shape}))?.where_cond(&{1}.broadcast_as(Vec::<usize>::from({shape}))?, &{2}.broadcast_as(Vec::<usize>::from({shape}))?)?",
        ),
    ]],
    rows_with_number: &[&[
        ("add", "(&{0} + {1})?"),
        ("sub", "(&{0} - {1})?"),
        ("mul", "(&{0} * {1})?"),
        ("div", "(&{0} / {1})?"),
        ("max", "{0}.maximum({1})?"),
        ("min", "{0}.minimum({1})?"),
    ]],
    rows_of_number: &[&[
        ("add", "({0} + &{1})?"),
        ("sub", "({0} - &{1})?"),
        ("mul", "({0} * &{1})?"),
        ("div", "({0} / &{1})?"),
    ]],
    sizes: |shape| shape.to_string(),
    operand: |name, _, _| name.into(),
    structural,
    around: ["", ""],
    param: |variable| format!("{variable}.clone()"),
    output: |name, variable, data, shape| {
        format!("({name:?}, {variable}.clone(), constant(&{data}, &{shape})?)")
    },
    values: r#"    let mut loss = Tensor::zeros((), {dtype}, &Device::Cpu)?;
    for (name, y, cotangent) in &outputs {
        answer.push(("value", name, flat(y, cotangent)?));
        loss = (loss + (y * cotangent)?.sum_all()?)?;
    }
"#,
    gradient: r#"    let store = loss.backward()?;
    for (name, x) in &params {
        match store.get(x) {
            Some(gradient) => answer.push(("gradient", name, flat(gradient, x)?)),
            None => println!("no gradient of {name}"),
        }
    }
"#,
};

/// A reduction over the axes one after another, the last first.
fn reduced(call: &Use<'_>, name: &str) -> Option<String> {
    let keepdims = if call.call.flag("keepdims") {
        "_keepdim"
    } else {
        ""
    };
    let steps: Vec<String> = call
        .call
        .axes()?
        .iter()
        .rev()
        .map(|axis| format!(".{name}{keepdims}({axis})?"))
        .collect();
    Some(format!("{}.clone(){}", call.arg(0), steps.concat()))
}

/// A number that is the same for all spatial axes.
fn even(call: &Use<'_>, name: &str) -> Option<i64> {
    let all = call.call.per_axis(name)?;
    all.iter().all(|x| *x == all[0]).then(|| all[0])
}

/// A list of sizes, also where it is empty.
fn sizes(items: String) -> String {
    format!("Vec::<usize>::from({items})")
}

/// The index that the second operand is along an axis, in its shape or flat.
fn index(call: &Use<'_>, axis: usize, flat: bool) -> Option<String> {
    let places = call.places(1, *call.shape(0).get(axis)?)?;
    let shape = match flat {
        true => list([places.len()]),
        false => call.shape(1).to_string(),
    };
    Some(format!("&index(&{}, &{shape})?", list(places)))
}

fn structural(call: &Use<'_>) -> Option<String> {
    let kinds: [fn(&Use<'_>) -> Option<String>; 7] =
        [reductions, scans, layout, copies, places, products, windows];
    kinds.iter().find_map(|kind| kind(call))
}

/// Several numbers folded into one.
fn reductions(call: &Use<'_>) -> Option<String> {
    let x = call.arg(0);
    let keepdims = call.call.flag("keepdims");
    let axes = || Some(sizes(list(call.call.axes()?)));
    Some(match call.call.op {
        "sum" | "mean" if call.call.is_of_all() => format!("{x}.{}_all()?", call.call.op),
        "sum" | "mean" if keepdims => format!("{x}.{}_keepdim({})?", call.call.op, axes()?),
        "sum" | "mean" => format!("{x}.{}({})?", call.call.op, axes()?),
        "max_reduce" => reduced(call, "max")?,
        "min_reduce" => reduced(call, "min")?,
        "var" if call.call.integer("ddof")? == 1 && call.call.axes()?.len() == 1 => {
            reduced(call, "var")?
        }
        "logsumexp" if !keepdims => format!("{x}.log_sum_exp({})?", axes()?),
        "argmax" | "argmin" => {
            let axis = call.call.axis("axis")?;
            format!("{x}.{}({axis})?.to_dtype({{dtype}})?", call.call.op)
        }
        "norm" if call.call.shape.rank() == 0 && call.call.number("ord")? == 2.0 => {
            format!("{x}.norm()?")
        }
        _ => return None,
    })
}

/// Along an axis, which stays.
fn scans(call: &Use<'_>) -> Option<String> {
    let x = call.arg(0);
    Some(match call.call.op {
        "cumsum" if !call.call.flag("reverse") && !call.call.flag("exclusive") => {
            format!("{x}.cumsum({})?", call.call.axis("axis")?)
        }
        "sort" if call.call.axis("axis")? + 1 == call.shape(0).rank() => {
            let rising = !call.call.flag("descending");
            format!("{x}.contiguous()?.sort_last_dim({rising})?.0")
        }
        "argsort" if call.call.axis("axis")? + 1 == call.shape(0).rank() => {
            let rising = !call.call.flag("descending");
            format!("{x}.contiguous()?.arg_sort_last_dim({rising})?.to_dtype({{dtype}})?")
        }
        _ => return None,
    })
}

/// The same numbers in another place or shape, or without their gradient.
fn layout(call: &Use<'_>) -> Option<String> {
    let x = call.arg(0);
    let (shape, rank) = (call.call.shape, call.shape(0).rank());
    Some(match call.call.op {
        "reshape" if shape.rank() == 1 => format!("{x}.flatten_all()?"),
        "reshape" => format!("{x}.reshape({})?", sizes(shape.to_string())),
        "squeeze" => {
            let axes = call.call.axes()?;
            let steps: Vec<String> = axes
                .iter()
                .rev()
                .map(|k| format!(".squeeze({k})?"))
                .collect();
            format!("{x}.clone(){}", steps.concat())
        }
        "unsqueeze" => {
            let axes = call.call.new_axes()?;
            let steps: Vec<String> = axes.iter().map(|k| format!(".unsqueeze({k})?")).collect();
            format!("{x}.clone(){}", steps.concat())
        }
        "broadcast_to" => match shape.split_at(shape.rank() - rank) {
            (left, same) if *same == call.shape(0)[..] => {
                format!("{x}.broadcast_left({})?", sizes(list(left)))
            }
            _ => format!("{x}.broadcast_as({})?", sizes(shape.to_string())),
        },
        "transpose" => match call.swapped() {
            Some((a, b)) if (a + 2, b + 1) == (rank, rank) => format!("{x}.t()?"),
            _ => format!("{x}.permute({})?", sizes(list(call.call.perm()?))),
        },
        "slice" => sliced(call)?,
        "flip" => format!("{x}.contiguous()?.flip(&{})?", list(call.call.axes()?)),
        "roll" => {
            let (shift, axis) = (call.call.integer("shift")?, call.call.axis("axis")?);
            format!("{x}.roll({shift}, {axis})?")
        }
        "pad" => pad(call)?,
        "stop_gradient" => format!("{x}.detach()"),
        _ => return None,
    })
}

/// A part of those axes that are not taken whole.
fn sliced(call: &Use<'_>) -> Option<String> {
    let (x, shape) = (call.arg(0), call.call.shape);
    let mut value = format!("{x}.clone()");
    for (axis, (start, _, step)) in call.call.ranges()?.into_iter().enumerate() {
        if step != 1 {
            return None;
        }
        let (size, length) = (call.shape(0)[axis] as i64, shape[axis] as i64);
        if (start, length) != (0, size) {
            let start = start.min(size - length);
            value += &format!(".narrow({axis}, {start}, {length})?");
        }
    }
    Some(value)
}

/// Zeros or the outermost numbers round about, an axis after another.
fn pad(call: &Use<'_>) -> Option<String> {
    let method = match call.call.word("mode")? {
        "constant" if call.call.number("value")? == 0.0 => "pad_with_zeros",
        "edge" => "pad_with_same",
        _ => return None,
    };
    let pads = call.call.pads()?.into_iter().enumerate();
    let steps: Vec<String> = pads
        .map(|(axis, (lo, hi))| format!(".{method}({axis}, {lo}, {hi})?"))
        .collect();
    Some(format!("{}.clone(){}", call.arg(0), steps.concat()))
}

/// Several tensors made one, or one several times.
fn copies(call: &Use<'_>) -> Option<String> {
    let x = call.arg(0);
    Some(match call.call.op {
        "concat" => format!(
            "Tensor::cat(&[{}], {})?",
            references(call),
            call.call.axis("axis")?
        ),
        "stack" => {
            let axis = call
                .call
                .integer("axis")?
                .rem_euclid(call.call.shape.rank() as i64);
            format!("Tensor::stack(&[{}], {axis})?", references(call))
        }
        "tile" => {
            let reps = call.call.integers("reps")?;
            let missing = call.shape(0).rank().saturating_sub(reps.len());
            let reps = vec![1; missing].into_iter().chain(reps);
            format!("{x}.repeat({})?", sizes(list(reps)))
        }
        _ => return None,
    })
}

/// By an index.
fn places(call: &Use<'_>) -> Option<String> {
    let x = call.arg(0);
    Some(match call.call.op {
        "take" | "embedding" => {
            let axis = match call.call.op {
                "take" => call.call.axis("axis")?,
                _ => 0,
            };
            match call.shape(1).rank() {
                0 => {
                    let place = call.places(1, *call.shape(0).get(axis)?)?[0];
                    format!("{x}.narrow({axis}, {place}, 1)?.squeeze({axis})?")
                }
                1 => {
                    let index = index(call, axis, true)?;
                    format!("{x}.contiguous()?.index_select({index}, {axis})?")
                }
                _ => return None,
            }
        }
        "take_along_axis" => {
            let axis = call.call.axis("axis")?;
            call.is_along(axis, 0).then_some(())?;
            format!(
                "{x}.contiguous()?.gather({}, {axis})?",
                index(call, axis, false)?
            )
        }
        "scatter_add" => {
            let axis = call.call.axis("axis")?;
            (call.shape(1).rank() == 1).then_some(())?;
            let (index, source) = (index(call, axis, true)?, call.arg(2));
            format!("{x}.contiguous()?.index_add({index}, &{source}.contiguous()?, {axis})?")
        }
        "scatter_add_along_axis" | "scatter_along_axis" => {
            let axis = call.call.axis("axis")?;
            (call.shape(1) == call.shape(2) && call.is_along(axis, 2)).then_some(())?;
            let method = match call.call.op {
                "scatter_along_axis" => "scatter",
                _ => "scatter_add",
            };
            let (index, source) = (index(call, axis, false)?, call.arg(2));
            format!("{x}.contiguous()?.{method}({index}, &{source}.contiguous()?, {axis})?")
        }
        _ => return None,
    })
}

/// Of several tensors.
fn products(call: &Use<'_>) -> Option<String> {
    let x = call.arg(0);
    Some(match call.call.op {
        "dot" => format!("{x}.dot(&{})?", call.arg(1)),
        "matmul" if call.shape(0).rank() >= 2 && call.shape(1).rank() >= 2 => {
            let batch = |i: usize| &call.shape(i)[..call.shape(i).rank() - 2];
            let name = match batch(0) == batch(1) {
                true => "matmul",
                false => "broadcast_matmul",
            };
            format!("{x}.{name}(&{})?", call.arg(1))
        }
        _ => return None,
    })
}

/// Convolutions, pools, and images of another size.
fn windows(call: &Use<'_>) -> Option<String> {
    let (x, shape) = (call.arg(0), call.call.shape);
    Some(match call.call.op {
        "conv1d" | "conv2d" => format!(
            "{x}.{}(&{}, {}, {}, {}, {})?",
            call.call.op,
            call.arg(1),
            even(call, "padding")?,
            even(call, "stride")?,
            even(call, "dilation")?,
            call.call.integer("groups")?
        ),
        "conv_transpose1d" | "conv_transpose2d" => {
            let groups = call.call.integer("groups")?;
            let groups = match call.call.op {
                "conv_transpose1d" => format!(", {groups}"),
                _ if groups == 1 => String::new(),
                _ => return None,
            };
            format!(
                "{x}.{}(&{}, {}, {}, {}, {}{groups})?",
                call.call.op,
                call.arg(1),
                even(call, "padding")?,
                even(call, "output_padding")?,
                even(call, "stride")?,
                even(call, "dilation")?
            )
        }
        "max_pool2d" | "avg_pool2d" => {
            (even(call, "padding")? == 0).then_some(())?;
            let (kernel, stride) = (call.call.per_axis("kernel")?, call.call.pool_stride()?);
            let pair = |sizes: &[i64]| format!("({}, {})", sizes[0], sizes[1]);
            match kernel == stride {
                true => format!("{x}.{}({})?", call.call.op, pair(&kernel)),
                false => format!(
                    "{x}.{}_with_stride({}, {})?",
                    call.call.op,
                    pair(&kernel),
                    pair(&stride)
                ),
            }
        }
        "upsample_bilinear" if shape.rank() == 4 => {
            let aligned = call.call.flag("align_corners");
            format!(
                "{x}.upsample_bilinear2d({}, {}, {aligned})?",
                shape[2], shape[3]
            )
        }
        "upsample_nearest" => match shape[..] {
            [_, _, n] => format!("{x}.interpolate1d({n})?"),
            [_, _, h, w] => format!("{x}.interpolate2d({h}, {w})?"),
            _ => return None,
        },
        _ => return None,
    })
}

fn references(call: &Use<'_>) -> String {
    let all: Vec<String> = call.call.args.iter().map(|arg| format!("&{arg}")).collect();
    all.join(", ")
}
