//! A Rust program for dfdx 0.13.
//!
//! dfdx's ranks and axes are types, sizes are numbers. It broadcasts only along axes that are named, and an axis of size 1 has
//! to be dropped before it can be repeated. Convolutions and pools are there on nightly Rust alone, and so not here.
//!
//! What leads to a value is on a tape that the value carries. A value that is used twice cannot carry it, so each operation
//! of a program begins a tape, which goes to the one of the whole program.

use super::crates::{self, Target, Use, list};
use super::python::tuple;
use super::reproduce::Expected;
use super::{ExportError, Format, Package};
use crate::graph::{Case, Dtype};
use crate::tensor::Shape;

pub(super) const FORMAT: Format = Format {
    name: "dfdx",
    doc: "a Rust program that prints value and gradient as dfdx has them",
    is_whole: false,
    package: Some(Package::Rust(DEPENDENCIES, program)),
    write: |case| program(case, &[]),
};

/// What a manifest needs.
const DEPENDENCIES: &str = "dfdx = \"=VERSION\"\n";

fn program(case: &Case, expected: &[Expected]) -> Result<String, ExportError> {
    crates::write(case, &TARGET, expected)
}

const TARGET: Target = Target {
    format: "dfdx",
    dtype: |dtype| match dtype {
        Dtype::F32 => "f32",
        Dtype::F64 => "f64",
    },
    highest_rank: 6,
    prologue: &[r#"
use dfdx::shapes::*;
use dfdx::tensor::*;
use dfdx::tensor_ops::*;

type Number = {dtype};
type Value<S> = Tensor<S, Number, Cpu>;
type Traced<S> = Tensor<S, Number, Cpu, OwnedTape<Number, Cpu>>;

fn constant<S: Shape>(data: &[f64], shape: S) -> Value<S> {
    let data = data.iter().map(|&x| x as Number).collect();
    Cpu::default().tensor_from_vec(data, shape)
}

fn index<S: Shape>(data: &[usize], shape: S) -> Tensor<S, usize, Cpu> {
    Cpu::default().tensor_from_vec(data.to_vec(), shape)
}

fn flat<S: Shape>(x: &Value<S>) -> Vec<f64> {
    x.as_vec().into_iter().map(f64::from).collect()
}

/// 1 where it is true, 0 where it is not.
fn numbers<S: Shape>(x: Tensor<S, bool, Cpu>) -> Traced<S> {
    let (device, shape) = (Cpu::default(), *x.shape());
    let ones: Value<S> = device.ones_like(&shape);
    let zeros: Value<S> = device.zeros_like(&shape);
    x.choose(ones, zeros).leaky_traced()
}

/// The value. What led to it goes to the tape of the program.
fn keep<S: Shape>(y: Traced<S>, tape: &mut OwnedTape<Number, Cpu>) -> Value<S> {
    let (y, steps) = y.split_tape();
    *tape = std::mem::take(tape).merge(steps);
    y
}

/// A parameter, whatever its rank.
trait Gradient {
    fn gradient(&self, of: &mut Gradients<Number, Cpu>) -> Vec<f64>;
}

impl<S: Shape> Gradient for Value<S> {
    /// As dfdx has it for models: zeros where nothing depends on the parameter.
    fn gradient(&self, of: &mut Gradients<Number, Cpu>) -> Vec<f64> {
        of.try_alloc_for(self).unwrap();
        flat(&of.get(self))
    }
}

type Param = Box<dyn Gradient>;
"#],
    frame: ["fn main() {\n    let mut tape = OwnedTape::default();", ""],
    leaf: |_, data, shape| format!("constant(&{data}, {})", sizes(shape)),
    rows: &[&[
        ("neg", "-{0}"),
        ("abs", "{0}.abs()"),
        ("square", "{0}.square()"),
        ("cube", "{0}.powi(3)"),
        ("recip", "{0}.recip()"),
        ("sqrt", "{0}.sqrt()"),
        ("exp", "{0}.exp()"),
        ("log", "{0}.ln()"),
        ("sin", "{0}.sin()"),
        ("cos", "{0}.cos()"),
        ("tanh", "{0}.tanh()"),
        ("sigmoid", "{0}.sigmoid()"),
        ("relu", "{0}.relu()"),
        ("gelu", "{0}.accurate_gelu()"),
        ("gelu_tanh", "{0}.fast_gelu()"),
        ("leaky_relu", "{0}.prelu({slope} as Number)"),
        ("powc", "{0}.powf({exponent})"),
        ("powi", "{0}.powi({n} as i32)"),
        ("clamp", "{0}.clamp({lo}, {hi})"),
        ("add", "{0} + {1}"),
        ("sub", "{0} - {1}"),
        ("mul", "{0} * {1}"),
        ("div", "{0} / {1}"),
        ("max", "{0}.maximum({1})"),
        ("min", "{0}.minimum({1})"),
        ("gt", "numbers({0}.gt(&{1}))"),
        ("ge", "numbers({0}.ge(&{1}))"),
        ("lt", "numbers({0}.lt(&{1}))"),
        ("le", "numbers({0}.le(&{1}))"),
        ("eq", "numbers({0}.eq(&{1}))"),
        ("ne", "numbers({0}.ne(&{1}))"),
        ("where", "{0}.ne(0.0 as Number).choose({1}, {2})"),
    ]],
    rows_with_number: &[&[
        ("add", "{0} + {1} as Number"),
        ("sub", "{0} - {1} as Number"),
        ("mul", "{0} * {1} as Number"),
        ("div", "{0} / {1} as Number"),
    ]],
    rows_of_number: &[],
    sizes,
    operand: |name, shape, result| broadcast(traced(name), shape, result),
    structural,
    around: ["keep(", ", &mut tape)"],
    param: |variable| format!("Box::new({variable}.clone())"),
    output: |name, variable, data, shape| {
        let cotangent = format!("constant(&{data}, {})", sizes(shape));
        let product = format!("{} * {cotangent}", traced(variable));
        format!("({name:?}, flat(&{variable}), ({product}).sum::<(), _>())")
    },
    values: r#"    let mut loss: Traced<()> = constant(&[0.0], ()).put_tape(tape);
    for (name, value, term) in outputs {
        answer.push(("value", name, value));
        loss = term + loss;
    }
"#,
    gradient: r#"    let mut gradients = loss.backward();
    for (name, x) in &params {
        answer.push(("gradient", name, x.gradient(&mut gradients)));
    }
"#,
};

/// A value at the beginning of a tape.
fn traced(name: &str) -> String {
    format!("{name}.leaky_trace()")
}

/// The shape as a value.
fn sizes(shape: &Shape) -> String {
    tuple(shape.iter())
}

/// The shape as a type.
fn ranked(shape: &Shape) -> String {
    tuple(shape.iter().map(|_| "usize"))
}

/// A set of axes, or an order of them, as a type; none for no axes.
fn axes_type(axes: &[usize]) -> Option<String> {
    let count = match axes.len() {
        0 => return None,
        1 => "Axis".into(),
        count => format!("Axes{count}"),
    };
    let axes: Vec<String> = axes.iter().map(usize::to_string).collect();
    Some(format!("{count}<{}>", axes.join(", ")))
}

/// NumPy's broadcasting in dfdx's words: axes that grow are dropped, and then repeated.
fn broadcast(value: String, shape: &Shape, result: &Shape) -> String {
    let extra = result.rank() - shape.rank();
    let (grow, stay): (Vec<usize>, Vec<usize>) =
        (0..result.rank()).partition(|&k| k < extra || shape[k - extra] != result[k]);
    let left: Shape = stay.iter().map(|&k| result[k]).collect();
    let dropped = match left.rank() == shape.rank() {
        true => value,
        false => format!("{value}.reshape_like(&{})", sizes(&left)),
    };
    match axes_type(&grow) {
        Some(axes) => {
            let (rank, sizes) = (ranked(result), sizes(result));
            format!("{dropped}.broadcast_like::<{rank}, {axes}>(&{sizes})")
        }
        None => dropped,
    }
}

/// Over the axes, of which those that the result keeps are put back.
fn reduced(call: &Use<'_>, name: &str, argument: &str) -> Option<String> {
    let (x, axes) = (traced(call.arg(0)), call.call.axes()?);
    let left: Shape = (0..call.shape(0).rank())
        .filter(|k| !axes.contains(k))
        .map(|k| call.shape(0)[k])
        .collect();
    let value = match axes_type(&axes) {
        Some(axes) => format!("{x}.{name}::<{}, {axes}>({argument})", ranked(&left)),
        None => x,
    };
    Some(match call.call.flag("keepdims") {
        true => format!("{value}.reshape_like(&{})", sizes(call.call.shape)),
        false => value,
    })
}

/// A variance or its root, which dfdx divides by the number of elements.
fn spread(call: &Use<'_>, name: &str, argument: &str) -> Option<String> {
    let is_plain = call.call.integer("ddof")? == 0 && !call.call.axes()?.is_empty();
    is_plain.then(|| reduced(call, name, argument))?
}

/// `gather` along an axis by a vector, `select` by one number: in dfdx the axes before have their own index each, which is
/// here the same. Along the first axis also `gather` by a matrix.
fn taken(call: &Use<'_>, axis: usize) -> Option<String> {
    let (from, by) = (call.shape(0), call.shape(1));
    let method = match (by.rank(), axis) {
        (0, _) => "select",
        (1, _) => "gather",
        (2, 0) if from.rank() == 2 => "gather",
        _ => return None,
    };
    let places = call.places(1, *from.get(axis)?)?;
    let before = &from[..axis];
    let repeated = list(places.repeat(before.iter().product()));
    let index: Shape = before.iter().chain(by.iter()).copied().collect();
    let (to, rank) = (ranked(call.call.shape), ranked(&index));
    let x = traced(call.arg(0));
    Some(format!(
        "{x}.{method}::<{to}, {rank}>(index(&{repeated}, {}))",
        sizes(&index)
    ))
}

fn structural(call: &Use<'_>) -> Option<String> {
    let (x, from, shape) = (traced(call.arg(0)), call.shape(0), call.call.shape);
    let along = || axes_type(&[call.call.axis("axis")?]);
    Some(match call.call.op {
        "sum" | "mean" | "logsumexp" => reduced(call, call.call.op, "")?,
        "max_reduce" => reduced(call, "max", "")?,
        "min_reduce" => reduced(call, "min", "")?,
        "var" => spread(call, "var", "")?,
        "std" => spread(call, "stddev", "0.0")?,
        "softmax" | "log_softmax" => format!("{x}.{}::<{}>()", call.call.op, along()?),
        "roll" => {
            let shift = usize::try_from(call.call.integer("shift")?).ok()?;
            format!("{x}.roll::<{}>({shift})", along()?)
        }
        "reshape" | "squeeze" | "unsqueeze" => format!("{x}.reshape_like(&{})", sizes(shape)),
        "broadcast_to" => broadcast(x, from, shape),
        "transpose" => {
            let perm = call.call.perm()?;
            match axes_type(&perm) {
                // dfdx has each order but the one that is there
                Some(axes) if !perm.is_sorted() => {
                    format!("{x}.permute::<{}, {axes}>()", ranked(shape))
                }
                _ => x,
            }
        }
        "slice" => {
            let ranges = call.call.ranges()?;
            ranges.iter().all(|(.., step)| *step == 1).then_some(())?;
            let ranges = ranges.iter().zip(shape.iter());
            let ranges = tuple(ranges.map(|((start, ..), &length)| {
                let end = *start as usize + length;
                format!("{start}..{end}")
            }));
            match shape.rank() {
                0 => x,
                _ => format!("{x}.slice({ranges})"),
            }
        }
        "concat" => {
            let axis = along()?.replacen("Axis", "Axis::", 1);
            let rest = call.call.args.iter().skip(1);
            rest.fold(x, |all, next| {
                format!("({all}, {}).concat_along({axis})", traced(next))
            })
        }
        "stack" => {
            let is_first = call.call.integer("axis")?.rem_euclid(shape.rank() as i64) == 0;
            (is_first && shape.rank() <= 5).then_some(())?;
            let all: Vec<String> = call.call.args.iter().map(|arg| traced(arg)).collect();
            format!("vec![{}].stack()", all.join(", "))
        }
        "tril" => format!("{x}.lower_tri({}_isize)", call.call.integer("k")?),
        "triu" => format!("{x}.upper_tri({}_isize)", call.call.integer("k")?),
        "take" => taken(call, call.call.axis("axis")?)?,
        "embedding" => taken(call, 0)?,
        "matmul" => {
            let (a, b) = (from, call.shape(1));
            let fits = match (a.rank(), b.rank()) {
                (1, 2) | (2, 1) | (2, 2) | (3, 2) => true,
                (3, 3) => a[0] == b[0],
                (4, 4) => a[..2] == b[..2],
                _ => false,
            };
            fits.then(|| format!("{x}.matmul({})", traced(call.arg(1))))?
        }
        "upsample_nearest" if shape.rank() == 4 => {
            format!(
                "{x}.upscale2d_like(NearestNeighbor, {}, {})",
                shape[2], shape[3]
            )
        }
        // corners coincide
        "upsample_bilinear" if shape.rank() == 4 && call.call.flag("align_corners") => {
            format!("{x}.upscale2d_like(Bilinear, {}, {})", shape[2], shape[3])
        }
        // a tensor of its own: a clone is the same to a tape
        "stop_gradient" => {
            let data = format!("flat(&{})", call.arg(0));
            format!("constant(&{data}, {}).leaky_traced()", sizes(from))
        }
        _ => return None,
    })
}
