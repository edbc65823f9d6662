//! A Rust program for burn-tensor 0.22, on its backend flex or ndarray: a fault may be in one only.
//!
//! burn's ranks are types and start at 1: a number is a tensor of one element. It broadcasts tensors of one rank, so others
//! get axes in front.

use super::crates::{self, Target, Use, list};
use super::{Format, Package};
use crate::op::Input;
use crate::tensor::Shape;

pub(super) const FLEX: Format = Format {
    name: TARGET.format,
    doc: "a Rust program that prints value and gradient as burn has them",
    is_whole: false,
    package: Some(Package::Rust(
        "burn-tensor = { version = \"=VERSION\", default-features = false, features = [\"std\", \"autodiff\", \"flex\"] }\n",
        |case, expected| crates::write(case, &TARGET, expected),
    )),
    write: |case| crates::write(case, &TARGET, &[]),
};

pub(super) const NDARRAY: Format = Format {
    name: ON_NDARRAY.format,
    doc: "a Rust program that prints value and gradient as burn has them on its older backend, ndarray",
    is_whole: false,
    package: Some(Package::Rust(
        "burn-tensor = { version = \"=VERSION\", default-features = false, features = [\"std\", \"autodiff\", \"ndarray\"] }\n",
        |case, expected| crates::write(case, &ON_NDARRAY, expected),
    )),
    write: |case| crates::write(case, &ON_NDARRAY, &[]),
};

/// The shape as burn has it.
fn sizes(shape: &Shape) -> String {
    match shape.rank() {
        0 => "[1]".into(),
        _ => shape.to_string(),
    }
}

/// burn's rank.
fn rank(shape: &Shape) -> usize {
    shape.rank().max(1)
}

/// What programs start with, but for the device.
const FUNCTIONS: &str = r#"
use burn_tensor::ops::{
    AttentionModuleOptions, AvgPoolOptions, ConvOptions, ConvTransposeOptions, InterpolateMode,
    InterpolateOptions, MaxPoolOptions, PadMode,
};
use burn_tensor::{activation, module, DType, Device, Gradients, IndexingUpdateOp, Int, Slice, Tensor, TensorData};

fn constant<const D: usize>(data: &[f64], shape: [usize; D]) -> Tensor<D> {
    Tensor::from_data(TensorData::new(data.to_vec(), shape), (&device(), {dtype}))
}

fn index<const D: usize>(data: &[i64], shape: [usize; D]) -> Tensor<D, Int> {
    Tensor::from_data(TensorData::new(data.to_vec(), shape), &device())
}

fn flat<const D: usize>(x: &Tensor<D>, shape: [usize; D]) -> Vec<f64> {
    assert_eq!(x.dims(), shape, "shapes");
    x.to_data().iter::<f64>().collect()
}

/// A parameter, whatever its rank.
trait Gradient {
    fn gradient(&self, of: &Gradients) -> Option<Vec<f64>>;
}

impl<const D: usize> Gradient for Tensor<D> {
    fn gradient(&self, of: &Gradients) -> Option<Vec<f64>> {
        self.grad(of).map(|gradient| flat(&gradient, self.dims()))
    }
}

type Param = Box<dyn Gradient>;
"#;

const FLEX_DEVICE: &str = r#"
fn device() -> Device {
    Device::flex().autodiff()
}
"#;

const NDARRAY_DEVICE: &str = r#"
#[allow(deprecated)] // and still there
fn device() -> Device {
    Device::ndarray().autodiff()
}
"#;

const ON_NDARRAY: Target = Target {
    format: "burn-ndarray",
    prologue: &[FUNCTIONS, NDARRAY_DEVICE],
    ..TARGET
};

const TARGET: Target = Target {
    format: "burn",
    dtype: crates::dtype,
    highest_rank: usize::MAX,
    prologue: &[FUNCTIONS, FLEX_DEVICE],
    frame: ["fn main() {", ""],
    leaf: |role, data, shape| {
        let value = format!("constant::<{}>(&{data}, {})", rank(shape), sizes(shape));
        match role {
            Input::Param => format!("{value}.require_grad()"),
            _ => value,
        }
    },
    rows: &[&[
        ("neg", "-{0}"),
        ("abs", "{0}.abs()"),
        ("sign", "{0}.sign()"),
        ("square", "{0}.square()"),
        ("cube", "{0}.powi_scalar(3)"),
        ("recip", "{0}.recip()"),
        ("sqrt", "{0}.sqrt()"),
        ("exp", "{0}.exp()"),
        ("log", "{0}.log()"),
        ("log1p", "{0}.log1p()"),
        ("sin", "{0}.sin()"),
        ("cos", "{0}.cos()"),
        ("tan", "{0}.tan()"),
        ("sinh", "{0}.sinh()"),
        ("cosh", "{0}.cosh()"),
        ("tanh", "{0}.tanh()"),
        ("asin", "{0}.asin()"),
        ("acos", "{0}.acos()"),
        ("atan", "{0}.atan()"),
        ("asinh", "{0}.asinh()"),
        ("acosh", "{0}.acosh()"),
        ("atanh", "{0}.atanh()"),
        ("erf", "{0}.erf()"),
        ("deg2rad", "{0}.deg2rad()"),
        ("floor", "{0}.floor()"),
        ("ceil", "{0}.ceil()"),
        ("round", "{0}.round()"),
        ("trunc", "{0}.trunc()"),
        ("relu", "activation::relu({0})"),
        ("relu6", "activation::relu6({0})"),
        ("leaky_relu", "activation::leaky_relu({0}, {slope})"),
        ("gelu", "activation::gelu({0})"),
        ("gelu_tanh", "activation::gelu_approximate({0})"),
        ("silu", "activation::silu({0})"),
        ("sigmoid", "activation::sigmoid({0})"),
        ("log_sigmoid", "activation::log_sigmoid({0})"),
        ("softplus", "activation::softplus({0}, 1.0)"),
        ("softsign", "activation::softsign({0})"),
        ("elu", "activation::elu({0}, {alpha})"),
        ("selu", "activation::selu({0})"),
        ("celu", "activation::celu({0}, {alpha})"),
        ("mish", "activation::mish({0})"),
        ("hard_tanh", "activation::hardtanh({0}, -1.0, 1.0)"),
        (
            "hard_sigmoid",
            "activation::hard_sigmoid({0}, 1.0 / 6.0, 0.5)",
        ),
        ("hard_swish", "activation::hard_swish({0})"),
        ("powc", "{0}.powf_scalar({exponent})"),
        ("powi", "{0}.powi_scalar({n} as i64)"),
        ("clamp", "{0}.clamp({lo}, {hi})"),
        ("add", "{0} + {1}"),
        ("sub", "{0} - {1}"),
        ("mul", "{0} * {1}"),
        ("div", "{0} / {1}"),
        ("remainder", "{0} % {1}"),
        ("fmod", "{0}.fmod({1})"),
        ("pow", "{0}.powf({1})"),
        ("atan2", "{0}.atan2({1})"),
        ("hypot", "{0}.hypot({1})"),
        ("max", "{0}.max_pair({1})"),
        ("min", "{0}.min_pair({1})"),
        ("gt", "{0}.greater({1}).float().cast({dtype})"),
        ("ge", "{0}.greater_equal({1}).float().cast({dtype})"),
        ("lt", "{0}.lower({1}).float().cast({dtype})"),
        ("le", "{0}.lower_equal({1}).float().cast({dtype})"),
        ("eq", "{0}.equal({1}).float().cast({dtype})"),
        ("ne", "{0}.not_equal({1}).float().cast({dtype})"),
        (
            "where",
            "{2}.expand({shape}).mask_where({0}.expand({shape}).not_equal_scalar(0.0), {1}.expand({shape}))",
        ),
    ]],
    rows_with_number: &[&[
        ("add", "{0} + {1}"),
        ("sub", "{0} - {1}"),
        ("mul", "{0} * {1}"),
        ("div", "{0} / {1}"),
        ("remainder", "{0} % {1}"),
        ("gt", "{0}.greater_scalar({1}).float().cast({dtype})"),
        ("ge", "{0}.greater_equal_scalar({1}).float().cast({dtype})"),
        ("lt", "{0}.lower_scalar({1}).float().cast({dtype})"),
        ("le", "{0}.lower_equal_scalar({1}).float().cast({dtype})"),
        ("eq", "{0}.equal_scalar({1}).float().cast({dtype})"),
        ("ne", "{0}.not_equal_scalar({1}).float().cast({dtype})"),
        (
            "where",
            "{2}.mask_fill({0}.expand({shape}).not_equal_scalar(0.0), {1})",
        ),
    ]],
    rows_of_number: &[],
    sizes,
    operand: |name, shape, result| {
        let (own, wide) = (rank(shape), rank(result));
        match own == wide {
            true => format!("{name}.clone()"),
            false => format!("{name}.clone().unsqueeze::<{wide}>()"),
        }
    },
    structural,
    around: ["", ""],
    param: |variable| format!("Box::new({variable}.clone())"),
    output: |name, variable, data, shape| {
        let (rank, shape) = (rank(shape), sizes(shape));
        let cotangent = format!("constant::<{rank}>(&{data}, {shape})");
        format!("({name:?}, flat(&{variable}, {shape}), ({variable}.clone() * {cotangent}).sum())")
    },
    values: r#"    let mut loss = constant::<1>(&[0.0], [1]);
    for (name, value, term) in outputs {
        answer.push(("value", name, value));
        loss = loss + term;
    }
"#,
    gradient: r#"    if loss.is_tracked() {
        let gradients = loss.backward();
        for (name, x) in &params {
            match x.gradient(&gradients) {
                Some(gradient) => answer.push(("gradient", name, gradient)),
                None => println!("no gradient of {name}"),
            }
        }
    }
"#,
};

/// Over all axes at once, or over some of them.
fn folded(call: &Use<'_>, name: &str) -> Option<String> {
    if call.call.is_of_all() {
        return Some(format!("{}.clone().{name}()", call.arg(0)));
    }
    match call.call.axes()? {
        none if none.is_empty() => shaped(call, format!("{}.clone()", call.arg(0)), call.shape(0)),
        axes => reduced(call, &format!("{name}_dims"), &format!("&{}", list(axes))),
    }
}

/// Over one axis, if it is one.
fn folded_once(call: &Use<'_>, name: &str) -> Option<String> {
    match call.call.axes()?[..] {
        [axis] => reduced(call, name, &axis.to_string()),
        _ => None,
    }
}

/// Over axes, which stay with size 1 until the result is given its shape.
fn reduced(call: &Use<'_>, name: &str, axes: &str) -> Option<String> {
    let value = format!("{}.clone().{name}({axes})", call.arg(0));
    Some(dropped(call, value, &call.call.axes()?))
}

/// A value without the axes that have size 1 since they were reduced, unless the result has them.
fn dropped(call: &Use<'_>, value: String, axes: &[usize]) -> String {
    let mut kept = call.shape(0).to_vec();
    for &axis in axes {
        kept[axis] = 1;
    }
    // what no shape can say the names of the axes can
    let named = || {
        let (rank, axes) = (call.call.shape.rank(), list(axes));
        format!("{value}.squeeze_dims::<{rank}>(&{axes})")
    };
    shaped(call, value.clone(), &kept).unwrap_or_else(named)
}

/// The value, of such sizes, in the shape of the result. In a shape that is asked for, burn takes 0 for the size that the axis
/// of this number has: it cannot make an empty axis of another.
fn shaped(call: &Use<'_>, value: String, sizes_now: &[usize]) -> Option<String> {
    let shape = call.call.shape;
    let is_said = |(k, &size): (usize, &usize)| size != 0 || sizes_now.get(k) == Some(&0);
    let mut all = shape.iter().enumerate();
    all.all(is_said)
        .then(|| format!("{value}.reshape({})", sizes(shape)))
}

/// `Options::new(..)` of a convolution.
fn window(call: &Use<'_>, extra: bool) -> Option<String> {
    let of = |name: &str| Some(list(call.call.per_axis(name)?));
    let (stride, padding, dilation) = (of("stride")?, of("padding")?, of("dilation")?);
    let groups = call.call.integer("groups")?;
    Some(match extra {
        true => format!(
            "ConvTransposeOptions::new({stride}, {padding}, {}, {dilation}, {groups})",
            of("output_padding")?
        ),
        false => format!("ConvOptions::new({stride}, {padding}, {dilation}, {groups})"),
    })
}

fn pool(call: &Use<'_>, options: &str) -> Option<String> {
    let kernel = list(call.call.per_axis("kernel")?);
    let (stride, padding) = (
        list(call.call.pool_stride()?),
        list(call.call.per_axis("padding")?),
    );
    Some(format!(
        "{options}::new({kernel}).with_stride({stride}).with_padding({padding})"
    ))
}

/// A method along the axis of the attribute.
fn along(call: &Use<'_>, name: &str) -> Option<String> {
    let axis = call.call.axis("axis")?;
    Some(format!("{}.clone().{name}({axis})", call.arg(0)))
}

/// A value along an axis, given the shape that it has: the adapter asks for it, and a fault may lie in that.
fn line(call: &Use<'_>, value: String) -> Option<String> {
    shaped(call, value, call.call.shape)
}

/// An operand that is broadcast to the result.
fn operand(call: &Use<'_>, i: usize) -> String {
    (TARGET.operand)(call.arg(i), call.shape(i), call.call.shape)
}

/// All operands.
fn clones(call: &Use<'_>) -> String {
    list(call.call.args.iter().map(|x| format!("{x}.clone()")))
}

/// The index that the second operand is along an axis, in its shape or flat.
fn index(call: &Use<'_>, axis: usize, flat: bool) -> Option<String> {
    let places = call.places(1, *call.shape(0).get(axis)?)?;
    let shape = match flat {
        true => list([places.len()]),
        false => sizes(call.shape(1)),
    };
    Some(format!("index(&{}, {shape})", list(places)))
}

fn structural(call: &Use<'_>) -> Option<String> {
    let kinds: [fn(&Use<'_>) -> Option<String>; 9] = [
        reductions, scans, layout, copies, places, products, matrices, layers, windows,
    ];
    kinds.iter().find_map(|kind| kind(call))
}

/// Several numbers folded into one.
fn reductions(call: &Use<'_>) -> Option<String> {
    let op = call.call.op;
    match op {
        "sum" | "mean" | "prod" => folded(call, op),
        "max_reduce" => folded(call, "max"),
        "min_reduce" => folded(call, "min"),
        "var" => match call.call.integer("ddof")? {
            0 => folded_once(call, "var_bias"),
            1 => folded_once(call, "var"),
            _ => None,
        },
        "median" => match call.call.axes()?[..] {
            // of an even count burn takes the lower of the two
            [axis] if call.shape(0)[axis] % 2 == 1 => folded_once(call, "median"),
            _ => None,
        },
        "argmax" | "argmin" => {
            let places = format!("{}.float().cast({{dtype}})", along(call, op)?);
            Some(dropped(call, places, &[call.call.axis("axis")?]))
        }
        _ => None,
    }
}

/// Along an axis, which stays.
fn scans(call: &Use<'_>) -> Option<String> {
    let op = call.call.op;
    let is_plain = !call.call.flag("reverse") && !call.call.flag("exclusive");
    let ordered = |name: &str| match call.call.flag("descending") {
        true => along(call, &format!("{name}_descending")),
        false => along(call, name),
    };
    match op {
        "cumsum" | "cumprod" | "cummax" | "cummin" if is_plain => line(call, along(call, op)?),
        "sort" => line(call, ordered(op)?),
        "argsort" => Some(format!("{}.float().cast({{dtype}})", ordered(op)?)),
        "top_k" if call.call.flag("largest") => {
            let (k, axis) = (call.call.integer("k")?, call.call.axis("axis")?);
            line(call, format!("{}.clone().topk({k}, {axis})", call.arg(0)))
        }
        _ => None,
    }
}

/// The same numbers in another place or shape, or without their gradient.
fn layout(call: &Use<'_>) -> Option<String> {
    let (x, shape) = (call.arg(0), call.call.shape);
    let rank = call.shape(0).rank();
    let named = || Some(list(call.call.integers("axes")?));
    Some(match call.call.op {
        "unsqueeze" | "squeeze" if call.call.integers("axes")?.is_empty() => format!("{x}.clone()"),
        "unsqueeze" if rank > 0 => {
            format!(
                "{x}.clone().unsqueeze_dims::<{}>(&{})",
                shape.rank(),
                named()?
            )
        }
        "squeeze" if shape.rank() > 0 => {
            format!(
                "{x}.clone().squeeze_dims::<{}>(&{})",
                shape.rank(),
                named()?
            )
        }
        "reshape" | "squeeze" | "unsqueeze" => shaped(call, format!("{x}.clone()"), call.shape(0))?,
        // with axes in front even of nothing, on which burn stumbles
        "broadcast_to" if !shape.contains(&0) || rank < shape.rank() => {
            format!("{}.expand({})", operand(call, 0), sizes(shape))
        }
        "transpose" => match call.swapped() {
            Some((a, b)) if (a + 2, b + 1) == (rank, rank) => format!("{x}.clone().transpose()"),
            Some((a, b)) => format!("{x}.clone().swap_dims({a}, {b})"),
            None if rank == 0 => format!("{x}.clone()"),
            None => format!("{x}.clone().permute({})", list(call.call.perm()?)),
        },
        "slice" => sliced(call)?,
        "flip" => match call.call.axes()?[..] {
            [a, b] => format!("{x}.clone().flip([{a}, {b}])"),
            ref axes => {
                let steps: Vec<String> = axes.iter().map(|k| format!(".flip([{k}])")).collect();
                format!("{x}.clone(){}", steps.concat())
            }
        },
        "roll" => {
            let (shift, axis) = (call.call.integer("shift")?, call.call.axis("axis")?);
            line(call, format!("{x}.clone().roll_dim({shift}, {axis})"))?
        }
        "pad" if rank > 0 => pad(call)?,
        "stop_gradient" => format!("{x}.clone().detach()"),
        _ => return None,
    })
}

/// Several tensors made one, or one several times.
fn copies(call: &Use<'_>) -> Option<String> {
    let (x, shape) = (call.arg(0), call.call.shape);
    Some(match call.call.op {
        "concat" => format!(
            "Tensor::cat(vec!{}, {})",
            clones(call),
            call.call.axis("axis")?
        ),
        "stack" if call.shape(0).rank() > 0 => {
            let axis = call.call.integer("axis")?;
            format!(
                "Tensor::stack::<{}>(vec!{}, {axis})",
                shape.rank(),
                clones(call)
            )
        }
        "tile" => {
            let reps = call.call.integers("reps")?;
            let missing = call.shape(0).rank().checked_sub(reps.len())?;
            let reps = list(vec![1; missing].into_iter().chain(reps));
            match call.shape(0).rank() {
                0 => format!("{x}.clone()"),
                _ => format!("{x}.clone().repeat(&{reps})"),
            }
        }
        _ => return None,
    })
}

/// By an index.
fn places(call: &Use<'_>) -> Option<String> {
    let (x, shape) = (call.arg(0), call.call.shape);
    let op = call.call.op;
    Some(match op {
        "take" | "embedding" => {
            let axis = match op {
                "take" => call.call.axis("axis")?,
                _ => 0,
            };
            match call.shape(1).rank() {
                0 | 1 => {
                    let index = index(call, axis, true)?;
                    let mut kept = call.shape(0).to_vec();
                    kept[axis] = call.shape(1).count();
                    shaped(call, format!("{x}.clone().select({axis}, {index})"), &kept)?
                }
                2 => {
                    let (index, rank) = (index(call, axis, false)?, shape.rank());
                    format!("{x}.clone().take::<2, {rank}>({axis}, {index})")
                }
                _ => return None,
            }
        }
        "one_hot" if call.shape(0).rank() > 0 && call.call.integer("n")? >= 2 => {
            let count = call.call.integer("n")?;
            let numbers = call.places(0, count as usize)?.into_iter();
            let numbers = list(numbers.map(|place| crates::float(place as f64)));
            let (of, rank) = (sizes(call.shape(0)), call.shape(0).rank());
            format!(
                "constant::<{rank}>(&{numbers}, {of}).int().one_hot::<{}>({count}).bool().float().cast({{dtype}})",
                shape.rank()
            )
        }
        "take_along_axis" => {
            let axis = call.call.axis("axis")?;
            call.is_along(axis, 0).then_some(())?;
            format!("{x}.clone().gather({axis}, {})", index(call, axis, false)?)
        }
        "scatter_add_along_axis" | "scatter_along_axis" | "scatter_add" | "scatter" => {
            scattered(call)?
        }
        _ => return None,
    })
}

/// Of several tensors.
fn products(call: &Use<'_>) -> Option<String> {
    let (x, shape) = (call.arg(0), call.call.shape);
    Some(match call.call.op {
        "einsum" => {
            // a number has an axis in burn, which an ellipsis would stand for
            let subscripts = call.call.word("equation")?.split("->").next()?.split(',');
            let mut numbers = subscripts
                .enumerate()
                .filter(|&(i, _)| call.shape(i).rank() == 0);
            numbers
                .all(|(_, letters)| letters.trim().is_empty())
                .then_some(())?;
            let operands = call.call.args.iter().map(|x| format!("{x}.clone().into()"));
            let (equation, rank) = (call.call.word("equation")?, rank(shape));
            format!("Tensor::<{rank}>::einsum({equation:?}, {})", list(operands))
        }
        "cross" => {
            let axis = call.call.integer("axis")?.rem_euclid(shape.rank() as i64);
            format!("{}.cross({}, {axis})", operand(call, 0), operand(call, 1))
        }
        "matmul" if call.shape(0).rank() >= 2 && call.shape(1).rank() >= 2 => {
            format!("{}.matmul({})", operand(call, 0), operand(call, 1))
        }
        "dot" => format!("{x}.clone().dot({}.clone())", call.arg(1)),
        _ => return None,
    })
}

/// Of a matrix: its parts, factors and inverses.
fn matrices(call: &Use<'_>) -> Option<String> {
    let (x, op) = (call.arg(0), call.call.op);
    Some(match op {
        "tril" | "triu" if call.shape(0).rank() >= 2 => {
            format!("{x}.clone().{op}({})", call.call.integer("k")?)
        }
        _ => return None,
    })
}

/// What networks are made of.
fn layers(call: &Use<'_>) -> Option<String> {
    let (x, op) = (call.arg(0), call.call.op);
    Some(match op {
        "softmax" | "log_softmax" => {
            let axis = call.call.axis("axis")?;
            line(call, format!("activation::{op}({x}.clone(), {axis})"))?
        }
        "layer_norm" if call.call.axis("axis")? + 1 == call.shape(0).rank() => format!(
            "module::layer_norm({x}.clone(), {}.clone(), Some({}.clone()), {})",
            call.arg(1),
            call.arg(2),
            crates::float(call.call.number("eps")?)
        ),
        "batch_norm_train" => format!(
            "module::batch_norm_train({x}.clone(), {}.clone(), {}.clone(), {}).output",
            call.arg(1),
            call.arg(2),
            crates::float(call.call.number("eps")?)
        ),
        "attention" => attention(call)?,
        _ => return None,
    })
}

/// Convolutions, pools, and images of another size.
fn windows(call: &Use<'_>) -> Option<String> {
    let (x, op) = (call.arg(0), call.call.op);
    Some(match op {
        "conv1d" | "conv2d" | "conv3d" => format!(
            "module::{op}({x}.clone(), {}.clone(), None, {})",
            call.arg(1),
            window(call, false)?
        ),
        "conv_transpose1d" | "conv_transpose2d" | "conv_transpose3d" => format!(
            "module::{op}({x}.clone(), {}.clone(), None, {})",
            call.arg(1),
            window(call, true)?
        ),
        "max_pool1d" | "max_pool2d" => {
            format!(
                "module::{op}({x}.clone(), {})",
                pool(call, "MaxPoolOptions")?
            )
        }
        "avg_pool1d" | "avg_pool2d" => format!(
            "module::{op}({x}.clone(), {}.with_count_include_pad({}))",
            pool(call, "AvgPoolOptions")?,
            call.call.flag("count_include_pad")
        ),
        "upsample_nearest" | "upsample_bilinear" if call.call.shape.rank() == 4 => {
            (!call.shape(0)[2..].contains(&0)).then_some(())?;
            let (mode, aligned) = match op {
                "upsample_nearest" => ("Nearest", true),
                _ => ("Bilinear", call.call.flag("align_corners")),
            };
            let size = list(&call.call.shape[2..]);
            format!(
                "module::interpolate({x}.clone(), InterpolateOptions::new(InterpolateMode::{mode})\
                 .with_align_corners({aligned}).with_output_size({size}))"
            )
        }
        _ => return None,
    })
}

/// A part. burn turns the part that start and end name, and is only asked to turn an axis whole.
fn sliced(call: &Use<'_>) -> Option<String> {
    let slice = |(axis, (start, _, step)): (usize, (i64, i64, i64))| {
        let (size, length) = (call.shape(0)[axis] as i64, call.call.shape[axis] as i64);
        Some(match step {
            -1 if length == size => format!("Slice::new(0, Some({size}), -1)"),
            ..0 => return None,
            _ if length == 0 => format!("Slice::new({start}, Some({start}), 1)"),
            _ => {
                let end = start + (length - 1) * step + 1;
                format!("Slice::new({start}, Some({end}), {step})")
            }
        })
    };
    let ranges = call.call.ranges()?.into_iter().enumerate();
    let slices: Vec<String> = ranges.map(slice).collect::<Option<_>>()?;
    let x = call.arg(0);
    Some(match slices.is_empty() {
        true => format!("{x}.clone()"),
        false => format!("{x}.clone().slice({})", list(slices)),
    })
}

/// Numbers round about, of which no more are reflected than there are.
fn pad(call: &Use<'_>) -> Option<String> {
    let pads = call.call.pads()?;
    let mut sides = pads.iter().zip(call.shape(0).iter());
    let is_short = sides.all(|(&(lo, hi), &size)| lo.max(hi) < size as i64);
    let mode = match call.call.word("mode")? {
        "constant" => {
            let value = crates::float(call.call.number("value")?);
            format!("PadMode::Constant({value} as f32)")
        }
        "reflect" if is_short => "PadMode::Reflect".into(),
        "edge" => "PadMode::Edge".into(),
        _ => return None,
    };
    let pads = list(pads.iter().map(|(lo, hi)| format!("({lo}, {hi})")));
    Some(format!("{}.clone().pad({pads}, {mode})", call.arg(0)))
}

/// Of batches of heads that are alike; burn masks squares only.
fn attention(call: &Use<'_>) -> Option<String> {
    let [q, k, v] = [0, 1, 2].map(|i| call.shape(i));
    let causal = call.call.flag("causal");
    let fits = [q, k, v].iter().all(|x| x.rank() == 4 && x[..2] == q[..2]);
    (fits && (q[2] == k[2] || !causal)).then_some(())?;
    let [q, k, v] = [0, 1, 2].map(|i| call.arg(i));
    Some(format!(
        "module::attention({q}.clone(), {k}.clone(), {v}.clone(), None, None, \
         AttentionModuleOptions {{ is_causal: {causal}, ..Default::default() }})"
    ))
}

/// Numbers put at places, or added to what is there.
fn scattered(call: &Use<'_>) -> Option<String> {
    let (x, op) = (call.arg(0), call.call.op);
    let axis = call.call.axis("axis")?;
    let everywhere = op.ends_with("along_axis");
    let fits = match everywhere {
        true => call.shape(1) == call.shape(2) && call.is_along(axis, 2),
        false => call.shape(1).rank() == 1,
    };
    fits.then_some(())?;
    let method = if everywhere {
        "scatter"
    } else {
        "select_assign"
    };
    let update = if op.contains("add") { "Add" } else { "Assign" };
    let (index, source) = (index(call, axis, !everywhere)?, call.arg(2));
    Some(format!(
        "{x}.clone().{method}({axis}, {index}, {source}.clone(), IndexingUpdateOp::{update})"
    ))
}
