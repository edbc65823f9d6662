//! burn: the backend and the recording of gradients are chosen with the device, and ranks are types.
//!
//! burn has no tensors of rank 0; there a tensor of one element stands for a number.

use super::{VERSION, library};
use crate::adapter::{self, Adapter, Answer, Library, Range, Read, Row, Site, unsupported};
use library::activation as act;
use library::module;
use library::ops::{
    AttentionModuleOptions, AvgPoolOptions, ConvOptions, ConvTransposeOptions, InterpolateMode,
    InterpolateOptions, MaxPoolOptions, PadMode,
};
use library::{
    Bool, DType, Device, EinsumOperand, IndexingUpdateOp, Int, Slice, Tensor, TensorData,
};
use secant::Dtype;
use secant::engine::Engine;

/// The engine, on the backend that the name ends in.
pub(crate) fn open(name: &'static str) -> Box<dyn Engine> {
    let both = [Dtype::F32, Dtype::F64];
    let evaluate = match name.starts_with("burn-ndarray") {
        #[cfg(feature = "burn-ndarray")]
        #[allow(deprecated)] // and still there
        true => |case: &_, want: &_| adapter::run(&Burn::on(Device::ndarray(), case), case, want),
        #[cfg(feature = "burn-flex")]
        false => |case: &_, want: &_| adapter::run(&Burn::on(Device::flex(), case), case, want),
        #[allow(unreachable_patterns)] // with both backends
        _ => unreachable!("{name} is in the list of engines that are compiled in"),
    };
    Adapter::engine::<Burn>(name, VERSION, &both, evaluate)
}

struct Burn {
    device: Device,
    dtype: DType,
}

impl Burn {
    fn on(device: Device, case: &secant::Case) -> Self {
        let dtype = match case.dtype {
            Dtype::F32 => DType::F32,
            Dtype::F64 => DType::F64,
        };
        Self {
            device: device.autodiff(),
            dtype,
        }
    }

    fn constant<const D: usize>(&self, shape: &[usize], data: &[f64]) -> Tensor<D> {
        let data = TensorData::new(data.to_vec(), shape.to_vec());
        Tensor::from_data(data, (&self.device, self.dtype))
    }

    /// Integers.
    fn places<const D: usize>(&self, shape: &[usize], places: &[usize]) -> Tensor<D, Int> {
        let places: Vec<i64> = places.iter().map(|&place| place as i64).collect();
        Tensor::from_data(TensorData::new(places, shape.to_vec()), &self.device)
    }

    /// A mask as numbers.
    fn numbers<const D: usize>(&self, mask: Tensor<D, Bool>) -> Tensor<D> {
        mask.float().cast(self.dtype)
    }
}

/// A tensor of one of the ranks; `R0` is one of one element that counts as a number.
#[derive(Clone)]
enum Any {
    R0(Tensor<1>),
    R1(Tensor<1>),
    R2(Tensor<2>),
    R3(Tensor<3>),
    R4(Tensor<4>),
    R5(Tensor<5>),
}

/// What is to be made in a rank that is known at run time: `D` is burn's rank.
macro_rules! ranked {
    ($rank:expr, $D:ident => $body:expr) => {
        match $rank {
            0 => {
                const $D: usize = 1;
                Any::R0($body)
            }
            1 => {
                const $D: usize = 1;
                Any::R1($body)
            }
            2 => {
                const $D: usize = 2;
                Any::R2($body)
            }
            3 => {
                const $D: usize = 3;
                Any::R3($body)
            }
            4 => {
                const $D: usize = 4;
                Any::R4($body)
            }
            5 => {
                const $D: usize = 5;
                Any::R5($body)
            }
            rank => return unsupported(format!("tensors of rank {rank}")),
        }
    };
}

/// What is to be found out of a tensor of whichever rank.
macro_rules! any {
    ($x:expr, $t:pat => $body:expr) => {
        match $x {
            Any::R0($t) | Any::R1($t) => $body,
            Any::R2($t) => $body,
            Any::R3($t) => $body,
            Any::R4($t) => $body,
            Any::R5($t) => $body,
        }
    };
}

/// A tensor with axes of size 1 in front up to a rank; as it is, if it has that.
fn lifted<const D: usize>(x: Any) -> Tensor<D> {
    any!(x, t => {
        let mut t = Some(t);
        let of_any_rank: &mut dyn std::any::Any = &mut t;
        match of_any_rank.downcast_mut::<Option<Tensor<D>>>() {
            Some(same) => same.take(),
            None => t.map(|t| t.unsqueeze::<D>()),
        }
        .expect("it was put there")
    })
}

/// Sizes as burn takes them: a number has one element.
fn sizes<const D: usize>(shape: &[usize]) -> [usize; D] {
    std::array::from_fn(|k| shape.get(k).copied().unwrap_or(1))
}

fn reshaped(x: Any, shape: &[usize]) -> Answer<Any> {
    // in a shape that is asked for, burn takes 0 for the size that the axis of this number has
    let sizes_now = any!(&x, t => t.dims().to_vec());
    let is_said = |(k, &size): (usize, &usize)| size != 0 || sizes_now.get(k) == Some(&0);
    if !shape.iter().enumerate().all(is_said) {
        return unsupported("a new shape with an empty axis");
    }
    Ok(ranked!(shape.len(), D => any!(x, t => t.reshape(sizes::<D>(shape)))))
}

impl Library for Burn {
    type Tensor = Any;

    fn rows() -> Vec<Row<Self>> {
        ROWS.to_vec()
    }

    fn leaf(&self, shape: &[usize], data: &[f64], is_param: bool) -> Answer<Any> {
        Ok(ranked!(shape.len(), D => {
            let x = self.constant::<D>(&sizes::<D>(shape), data);
            if is_param { x.require_grad() } else { x }
        }))
    }

    fn read(&self, x: &Any) -> Answer<Read> {
        let shape = match x {
            Any::R0(_) => Vec::new(),
            x => any!(x, t => t.dims().to_vec()),
        };
        let data = any!(x, t => t.to_data());
        Ok(Read {
            shape,
            data: data.iter::<f64>().collect(),
        })
    }

    fn view(&self, x: &Any, way: u64) -> Answer<Any> {
        let rank = match x {
            Any::R0(_) => 0,
            x => any!(x, t => t.dims().len()),
        };
        let x = x.clone();
        let shape = any!(&x, t => t.dims().to_vec());
        if shape.contains(&0) {
            return Ok(x);
        }
        Ok(ranked!(rank, D => {
            let t = lifted::<D>(x);
            match way % 5 {
                0 if D >= 2 => t.swap_dims(0, D - 1).mul_scalar(1.0).swap_dims(0, D - 1),
                1 => Tensor::cat(vec![t.clone(), t], 0).narrow(0, shape[0], shape[0]),
                2 => {
                    let flat: usize = shape.iter().product();
                    t.reshape([1, flat]).expand([3, flat]).narrow(0, 1, 1).reshape(sizes::<D>(&shape))
                }
                3 => t.repeat_dim(D - 1, 2).slice_dim(D - 1, Slice::new(0, Some(shape[D - 1] as isize), 1)),
                _ => {
                    let flat: usize = shape.iter().product();
                    t.reshape([flat]).reshape(sizes::<D>(&shape))
                }
            }
        }))
    }

    fn gradient(
        &self,
        outputs: &[(Any, secant::Tensor<f64>)],
        params: &[Any],
    ) -> Answer<Vec<Option<Read>>> {
        let mut loss = self.constant::<1>(&[1], &[0.0]);
        for (y, cotangent) in outputs {
            let (shape, cotangent) = (any!(y, t => t.dims().to_vec()), cotangent.to_vec());
            loss = loss + any!(y.clone(), t => (t * self.constant(&shape, &cotangent)).sum());
        }
        if !loss.is_tracked() {
            return Ok(params.iter().map(|_| None).collect());
        }
        let gradients = loss.backward();
        let read = |x: &Any| {
            let shape = self.read(x)?.shape;
            let Some(data) = any!(x, t => t.grad(&gradients).map(|g| g.to_data())) else {
                return Ok(None);
            };
            // a gradient says its own shape, but for that of a number
            let told = match shape.len() {
                0 if data.shape()[..] == [1] => shape,
                _ => data.shape().to_vec(),
            };
            Ok(Some(Read {
                shape: told,
                data: data.iter::<f64>().collect(),
            }))
        };
        params.iter().map(read).collect()
    }
}

type At<'a> = Site<'a, Burn>;

/// A tensor in the shape of the result.
fn expanded<const D: usize>(at: &At, x: Tensor<D>) -> Answer<Tensor<D>> {
    at.need(!at.shape.contains(&0), "an empty axis to broadcast to")?;
    Ok(x.expand(sizes::<D>(at.shape)))
}

/// A function of one tensor that keeps the shape.
macro_rules! unary {
    ($at:ident, $t:ident => $body:expr) => {
        Ok(ranked!($at.shape.rank(), D => { let $t = lifted::<D>($at.arg(0)?); $body }))
    };
}

/// A function of two tensors, which burn broadcasts if their ranks are equal.
macro_rules! binary {
    ($at:ident, $s:ident, $t:ident => $body:expr) => {
        Ok(ranked!($at.shape.rank(), D => {
            let ($s, $t) = (lifted::<D>($at.arg(0)?), lifted::<D>($at.arg(1)?));
            $body
        }))
    };
}

/// An operator, also with a number on its right or left.
macro_rules! operator {
    ($at:ident, $op:tt, $method:ident, $scalar:ident) => {{
        if let (Some(z), 0) = ($at.number(1), $at.pick(2)) {
            return match $at.pick(4) {
                0 => unary!($at, t => t $op z),
                _ => unary!($at, t => t.$scalar(z)),
            };
        }
        match $at.pick(3) {
            0 => binary!($at, s, t => s $op t),
            _ => binary!($at, s, t => s.$method(t)),
        }
    }};
}

/// A comparison, as numbers.
macro_rules! compared {
    ($at:ident, $method:ident, $scalar:ident) => {{
        if let (Some(z), 0) = ($at.number(1), $at.pick(2)) {
            return unary!($at, t => $at.library.numbers(t.$scalar(z)));
        }
        binary!($at, s, t => $at.library.numbers(s.$method(t)))
    }};
}

/// A reduction by all axes at once, or one after another. Axes are dropped afterwards.
macro_rules! reduced {
    ($at:ident, $t:ident, $k:ident => $one:expr $(, $s:ident, $axes:ident => $many:expr)?) => {{
        let axes = $at.axes();
        let kept = ranked!($at.rank(0), D => {
            let mut y = lifted::<D>($at.arg(0)?);
            $(if $at.pick(2) == 0 && !axes.is_empty() {
                let ($s, $axes) = (y, &axes[..]);
                y = $many;
            } else)? {
                for &$k in &axes {
                    let $t = y;
                    y = $one;
                }
            }
            y
        });
        reshaped(kept, $at.shape)
    }};
}

/// A function along the axis of the attribute.
macro_rules! lines {
    ($at:ident, $t:ident, $k:ident => $body:expr) => {{
        let $k = $at.axis();
        let kept = ranked!($at.rank(0), D => { let $t = lifted::<D>($at.arg(0)?); $body });
        reshaped(kept, $at.shape)
    }};
}

/// A tensor of the rank that an operation is for.
macro_rules! of_rank {
    ($R:ident, $x:expr) => {
        match $x {
            Any::$R(t) => t,
            _ => return unsupported("an operand of another rank"),
        }
    };
}

/// Of one rank above that of the operands, which is a type.
macro_rules! one_rank_more {
    ($x:expr, $t:ident, $D:ident => $body:expr) => {
        match $x {
            Any::R0($t) => Any::R1($t),
            Any::R1($t) => {
                const $D: usize = 2;
                Any::R2($body)
            }
            Any::R2($t) => {
                const $D: usize = 3;
                Any::R3($body)
            }
            Any::R3($t) => {
                const $D: usize = 4;
                Any::R4($body)
            }
            Any::R4($t) => {
                const $D: usize = 5;
                Any::R5($body)
            }
            Any::R5(_) => return unsupported("tensors of rank 6"),
        }
    };
}

fn slices(at: &At) -> Answer<Vec<Slice>> {
    let slice = |(axis, range): (usize, Range)| {
        let (size, start) = (at.shape_of(0)[axis], range.start as isize);
        let is_whole = range.length == size;
        at.need(range.step > 0 || is_whole, "a negative step over a part")?;
        Ok(match range.step {
            // burn turns the part that start and end name
            -1 => Slice::new(0, Some(size as isize), -1),
            ..0 => return unsupported("slice with a step below -1"),
            _ if range.length == 0 => Slice::new(start, Some(start), 1),
            step => Slice::new(start, Some(range.end() as isize), step as isize),
        })
    };
    at.ranges().into_iter().enumerate().map(slice).collect()
}

fn pad(at: &At) -> Answer<Any> {
    let pads: Vec<[usize; 2]> = at.get("pads");
    let pads: Vec<(usize, usize)> = pads.into_iter().map(|[lo, hi]| (lo, hi)).collect();
    let mode: String = at.get("mode");
    let mode = match mode.as_str() {
        "constant" => PadMode::Constant(at.get::<f64>("value") as f32),
        "reflect" => PadMode::Reflect,
        "edge" => PadMode::Edge,
        mode => return unsupported(format!("pad with mode {mode}")),
    };
    at.need(at.rank(0) > 0, "a number")?;
    let mut sides = pads.iter().zip(at.shape_of(0).iter());
    let is_short = sides.all(|(&(lo, hi), &size)| lo < size && hi < size);
    at.need(
        is_short || !matches!(mode, PadMode::Reflect),
        "more to reflect than there is",
    )?;
    unary!(at, t => t.pad(&pads[..], mode))
}

fn take(at: &At, axis: usize) -> Answer<Any> {
    let places = at.index(1, at.shape_of(0)[axis])?;
    let x = at.arg(0)?;
    match at.rank(1) {
        0 | 1 => {
            let index = at.library.places::<1>(&[places.len()], &places);
            let y = ranked!(at.rank(0), D => lifted::<D>(x).select(axis, index));
            reshaped(y, at.shape)
        }
        2 => {
            let index = at.library.places::<2>(at.shape_of(1), &places);
            match (&x, axis, at.pick(2)) {
                (Any::R2(_), 0, 1) => Ok(Any::R3(module::embedding(of_rank!(R2, x), index))),
                _ => Ok(one_rank_more!(x, t, D => t.take::<2, D>(axis, index))),
            }
        }
        _ => unsupported("take with an index of more than two axes"),
    }
}

/// Whether burn says what comes of it: writes with a repeated index are undefined, but for sums.
fn is_defined(update: IndexingUpdateOp, shape: &[usize], places: &[usize], axis: usize) -> bool {
    matches!(update, IndexingUpdateOp::Add) || adapter::are_unlike(shape, places, axis)
}

fn scattered(at: &At, update: IndexingUpdateOp) -> Answer<Any> {
    let (axis, places) = at.scattered()?;
    let shape = at.shape_of(1);
    let is_defined = is_defined(update, shape, &places, axis);
    at.need(is_defined, "a repeated index")?;
    Ok(ranked!(at.rank(0), D => {
        let index = at.library.places::<D>(shape, &places);
        lifted::<D>(at.arg(0)?).scatter(axis, index, lifted::<D>(at.arg(2)?), update)
    }))
}

fn selected(at: &At, update: IndexingUpdateOp) -> Answer<Any> {
    at.need(at.rank(1) == 1, "an index of other than one axis")?;
    let axis = at.axis();
    let places = at.index(1, at.shape_of(0)[axis])?;
    at.need(
        is_defined(update, &[places.len()], &places, 0),
        "a repeated index",
    )?;
    let index = at.library.places::<1>(&[places.len()], &places);
    Ok(ranked!(at.rank(0), D => {
        lifted::<D>(at.arg(0)?).select_assign(axis, index, lifted::<D>(at.arg(2)?), update)
    }))
}

/// Stride, padding and dilation of a convolution.
fn window<const N: usize>(at: &At) -> [[usize; N]; 3] {
    ["stride", "padding", "dilation"].map(|name| sizes(&at.sizes(name, N)))
}

fn conv<const N: usize>(at: &At) -> ConvOptions<N> {
    let [stride, padding, dilation] = window(at);
    ConvOptions::new(stride, padding, dilation, at.get("groups"))
}

fn conv_transpose<const N: usize>(at: &At) -> ConvTransposeOptions<N> {
    let [stride, padding, dilation] = window(at);
    let extra = sizes(&at.sizes("output_padding", N));
    ConvTransposeOptions::new(stride, padding, extra, dilation, at.get("groups"))
}

fn max_pool<const N: usize>(at: &At) -> MaxPoolOptions<N> {
    MaxPoolOptions::new(sizes(&at.sizes("kernel", N)))
        .with_stride(sizes(&at.sizes("stride", N)))
        .with_padding(sizes(&at.sizes("padding", N)))
}

fn avg_pool<const N: usize>(at: &At) -> AvgPoolOptions<N> {
    AvgPoolOptions::new(sizes(&at.sizes("kernel", N)))
        .with_stride(sizes(&at.sizes("stride", N)))
        .with_padding(sizes(&at.sizes("padding", N)))
        .with_count_include_pad(at.get("count_include_pad"))
}

fn upsample(at: &At, mode: InterpolateMode, aligned: bool) -> Answer<Any> {
    let x = of_rank!(R4, at.arg(0)?);
    at.need(at.shape_of(0)[2..].iter().all(|&size| size > 0), "nothing")?;
    let options = InterpolateOptions::new(mode)
        .with_align_corners(aligned)
        .with_output_size([at.shape[2], at.shape[3]]);
    Ok(Any::R4(module::interpolate(x, options)))
}

fn matmul(at: &At) -> Answer<Any> {
    at.need(at.rank(0) >= 2 && at.rank(1) >= 2, "a vector")?;
    match (at.rank(1), at.pick(3)) {
        (2, 2) => {
            let weight = of_rank!(R2, at.arg(1)?);
            unary!(at, t => module::linear(t, weight, None))
        }
        _ => binary!(at, s, t => s.matmul(t)),
    }
}

fn einsum(at: &At) -> Answer<Any> {
    let operands = (0..at.count()).map(|i| Ok(any!(at.arg(i)?, t => EinsumOperand::from(t))));
    let operands = operands.collect::<Answer<Vec<_>>>()?;
    let equation: String = at.get("equation");
    let subscripts = equation.split("->").next().unwrap_or_default().split(',');
    let mut numbers = subscripts.enumerate().filter(|&(i, _)| at.rank(i) == 0);
    at.need(
        numbers.all(|(_, letters)| letters.trim().is_empty()),
        "an ellipsis of a number, which has an axis in burn",
    )?;
    Ok(ranked!(at.shape.rank(), D => Tensor::<D>::einsum(&equation, operands)))
}

fn stack(at: &At) -> Answer<Any> {
    at.need(at.rank(0) > 0, "numbers")?;
    let axis = at.get::<i64>("axis") as isize;
    Ok(one_rank_more!(at.arg(0)?, first, D => {
        let mut all = vec![first];
        for i in 1..at.count() {
            all.push(lifted(at.arg(i)?));
        }
        Tensor::stack::<D>(all, axis)
    }))
}

fn one_hot(at: &At) -> Answer<Any> {
    at.need(at.rank(0) > 0, "a number")?;
    let count: usize = at.get("n");
    at.need(count >= 2, "less than two classes")?;
    let places: Vec<f64> = at.index(0, count)?.into_iter().map(|k| k as f64).collect();
    let index = at.library.leaf(at.shape_of(0), &places, false)?;
    Ok(one_rank_more!(index, t, D => {
        at.library.numbers(t.int().one_hot::<D>(count).bool())
    }))
}

/// Axes of size 1 put in or taken out, as they are named.
fn named_axes(at: &At) -> Vec<isize> {
    let axes: Vec<i64> = at.get("axes");
    axes.into_iter().map(|axis| axis as isize).collect()
}

fn unsqueeze(at: &At) -> Answer<Any> {
    let axes = named_axes(at);
    let is_number = at.rank(0) == 0;
    match (&axes[..], at.pick(3)) {
        ([], _) => at.arg(0),
        (_, 1) => reshaped(at.arg(0)?, at.shape),
        _ if is_number => reshaped(at.arg(0)?, at.shape),
        (&[axis], 2) => Ok(one_rank_more!(at.arg(0)?, t, D => t.unsqueeze_dim::<D>(axis))),
        _ => Ok(ranked!(at.shape.rank(), D => {
            any!(at.arg(0)?, t => t.unsqueeze_dims::<D>(&axes))
        })),
    }
}

fn squeeze(at: &At) -> Answer<Any> {
    let axes = named_axes(at);
    let is_number = at.shape.rank() == 0;
    match (&axes[..], at.pick(3)) {
        ([], _) => at.arg(0),
        (_, 1) => reshaped(at.arg(0)?, at.shape),
        _ if is_number => reshaped(at.arg(0)?, at.shape),
        (&[axis], 2) => Ok(ranked!(at.shape.rank(), D => {
            any!(at.arg(0)?, t => t.squeeze_dim::<D>(axis))
        })),
        _ => Ok(ranked!(at.shape.rank(), D => {
            any!(at.arg(0)?, t => t.squeeze_dims::<D>(&axes))
        })),
    }
}

const ROWS: &[Row<Burn>] = &[
    ("neg", |at| match at.pick(2) {
        0 => unary!(at, t => -t),
        _ => unary!(at, t => t.neg()),
    }),
    ("abs", |at| unary!(at, t => t.abs())),
    ("sign", |at| unary!(at, t => t.sign())),
    ("square", |at| match at.pick(3) {
        0 => unary!(at, t => t.square()),
        1 => unary!(at, t => t.powi_scalar(2)),
        _ => unary!(at, t => t.powf_scalar(2.0)),
    }),
    ("cube", |at| unary!(at, t => t.powi_scalar(3))),
    ("recip", |at| match at.pick(2) {
        0 => unary!(at, t => t.recip()),
        _ => unary!(at, t => t.powf_scalar(-1.0)),
    }),
    ("sqrt", |at| match at.pick(2) {
        0 => unary!(at, t => t.sqrt()),
        _ => unary!(at, t => t.powf_scalar(0.5)),
    }),
    ("exp", |at| unary!(at, t => t.exp())),
    ("log", |at| unary!(at, t => t.log())),
    ("log1p", |at| unary!(at, t => t.log1p())),
    ("sin", |at| unary!(at, t => t.sin())),
    ("cos", |at| unary!(at, t => t.cos())),
    ("tan", |at| unary!(at, t => t.tan())),
    ("sinh", |at| unary!(at, t => t.sinh())),
    ("cosh", |at| unary!(at, t => t.cosh())),
    ("tanh", |at| match at.pick(2) {
        0 => unary!(at, t => t.tanh()),
        _ => unary!(at, t => act::tanh(t)),
    }),
    ("asin", |at| unary!(at, t => t.asin())),
    ("acos", |at| unary!(at, t => t.acos())),
    ("atan", |at| unary!(at, t => t.atan())),
    ("asinh", |at| unary!(at, t => t.asinh())),
    ("acosh", |at| unary!(at, t => t.acosh())),
    ("atanh", |at| unary!(at, t => t.atanh())),
    ("erf", |at| unary!(at, t => t.erf())),
    ("deg2rad", |at| unary!(at, t => t.deg2rad())),
    ("floor", |at| unary!(at, t => t.floor())),
    ("ceil", |at| unary!(at, t => t.ceil())),
    ("round", |at| unary!(at, t => t.round())),
    ("trunc", |at| unary!(at, t => t.trunc())),
    ("relu", |at| unary!(at, t => act::relu(t))),
    ("relu6", |at| unary!(at, t => act::relu6(t))),
    (
        "leaky_relu",
        |at| unary!(at, t => act::leaky_relu(t, at.get("slope"))),
    ),
    ("gelu", |at| unary!(at, t => act::gelu(t))),
    ("gelu_tanh", |at| unary!(at, t => act::gelu_approximate(t))),
    ("silu", |at| unary!(at, t => act::silu(t))),
    ("sigmoid", |at| unary!(at, t => act::sigmoid(t))),
    ("log_sigmoid", |at| unary!(at, t => act::log_sigmoid(t))),
    ("softplus", |at| unary!(at, t => act::softplus(t, 1.0))),
    ("softsign", |at| unary!(at, t => act::softsign(t))),
    ("elu", |at| unary!(at, t => act::elu(t, at.get("alpha")))),
    ("selu", |at| unary!(at, t => act::selu(t))),
    ("celu", |at| unary!(at, t => act::celu(t, at.get("alpha")))),
    ("mish", |at| unary!(at, t => act::mish(t))),
    (
        "hard_tanh",
        |at| unary!(at, t => act::hardtanh(t, -1.0, 1.0)),
    ),
    (
        "hard_sigmoid",
        |at| unary!(at, t => act::hard_sigmoid(t, 1.0 / 6.0, 0.5)),
    ),
    ("hard_swish", |at| unary!(at, t => act::hard_swish(t))),
    (
        "powc",
        |at| unary!(at, t => t.powf_scalar(at.get::<f64>("exponent"))),
    ),
    (
        "powi",
        |at| unary!(at, t => t.powi_scalar(at.get::<i64>("n"))),
    ),
    ("clamp", |at| {
        let (lo, hi): (f64, f64) = (at.get("lo"), at.get("hi"));
        match at.pick(2) {
            0 => unary!(at, t => t.clamp(lo, hi)),
            _ => unary!(at, t => t.clamp_min(lo).clamp_max(hi)),
        }
    }),
    ("add", |at| operator!(at, +, add, add_scalar)),
    ("sub", |at| operator!(at, -, sub, sub_scalar)),
    ("mul", |at| operator!(at, *, mul, mul_scalar)),
    ("div", |at| operator!(at, /, div, div_scalar)),
    (
        "remainder",
        |at| operator!(at, %, remainder, remainder_scalar),
    ),
    ("fmod", |at| binary!(at, s, t => s.fmod(t))),
    ("pow", |at| binary!(at, s, t => s.powf(t))),
    ("atan2", |at| binary!(at, s, t => s.atan2(t))),
    ("hypot", |at| binary!(at, s, t => s.hypot(t))),
    ("max", |at| binary!(at, s, t => s.max_pair(t))),
    ("min", |at| binary!(at, s, t => s.min_pair(t))),
    ("gt", |at| compared!(at, greater, greater_scalar)),
    ("ge", |at| {
        compared!(at, greater_equal, greater_equal_scalar)
    }),
    ("lt", |at| compared!(at, lower, lower_scalar)),
    ("le", |at| compared!(at, lower_equal, lower_equal_scalar)),
    ("eq", |at| compared!(at, equal, equal_scalar)),
    ("ne", |at| compared!(at, not_equal, not_equal_scalar)),
    ("where", |at| {
        Ok(ranked!(at.shape.rank(), D => {
            let wide = |i: usize| -> Answer<Tensor<D>> {
                expanded(at, lifted::<D>(at.arg(i)?))
            };
            let mask = wide(0)?.not_equal_scalar(0.0);
            match (at.number(1), at.pick(2)) {
                (Some(yes), 0) => lifted::<D>(at.arg(2)?).mask_fill(mask, yes),
                _ => wide(2)?.mask_where(mask, wide(1)?),
            }
        }))
    }),
    ("sum", |at| match at.takes_all(3) {
        true => Ok(Any::R0(any!(at.arg(0)?, t => t.sum()))),
        false => reduced!(at, t, k => t.sum_dim(k), s, axes => s.sum_dims(axes)),
    }),
    ("mean", |at| match at.takes_all(3) {
        true => Ok(Any::R0(any!(at.arg(0)?, t => t.mean()))),
        false => reduced!(at, t, k => t.mean_dim(k), s, axes => s.mean_dims(axes)),
    }),
    ("prod", |at| match at.takes_all(3) {
        true => Ok(Any::R0(any!(at.arg(0)?, t => t.prod()))),
        false => reduced!(at, t, k => t.prod_dim(k), s, axes => s.prod_dims(axes)),
    }),
    ("max_reduce", |at| match at.takes_all(3) {
        true => Ok(Any::R0(any!(at.arg(0)?, t => t.max()))),
        false if at.pick(4) == 3 => reduced!(at, t, k => t.max_dim_with_indices(k).0),
        false => reduced!(at, t, k => t.max_dim(k), s, axes => s.max_dims(axes)),
    }),
    ("min_reduce", |at| match at.takes_all(3) {
        true => Ok(Any::R0(any!(at.arg(0)?, t => t.min()))),
        false if at.pick(4) == 3 => reduced!(at, t, k => t.min_dim_with_indices(k).0),
        false => reduced!(at, t, k => t.min_dim(k), s, axes => s.min_dims(axes)),
    }),
    ("var", |at| {
        at.need(at.axes().len() == 1, "several axes")?;
        match (at.get::<usize>("ddof"), at.pick(3)) {
            (0, 2) => reduced!(at, t, k => t.var_mean_bias(k).0),
            (0, _) => reduced!(at, t, k => t.var_bias(k)),
            (1, 2) => reduced!(at, t, k => t.var_mean(k).0),
            (1, _) => reduced!(at, t, k => t.var(k)),
            _ => unsupported("var with ddof above 1"),
        }
    }),
    ("median", |at| {
        let axes = at.axes();
        let is_odd = axes.len() == 1 && at.shape_of(0)[axes[0]] % 2 == 1;
        at.need(is_odd, "several axes, an even count (the lower of the two)")?;
        match at.pick(2) {
            0 => reduced!(at, t, k => t.median(k)),
            _ => reduced!(at, t, k => t.median_with_indices(k).0),
        }
    }),
    (
        "argmax",
        |at| lines!(at, t, k => t.argmax(k).float().cast(at.library.dtype)),
    ),
    (
        "argmin",
        |at| lines!(at, t, k => t.argmin(k).float().cast(at.library.dtype)),
    ),
    ("cumsum", |at| {
        at.need(
            !at.get::<bool>("reverse") && !at.get::<bool>("exclusive"),
            "reverse or exclusive",
        )?;
        lines!(at, t, k => t.cumsum(k))
    }),
    ("cumprod", |at| {
        at.need(
            !at.get::<bool>("reverse") && !at.get::<bool>("exclusive"),
            "reverse or exclusive",
        )?;
        lines!(at, t, k => t.cumprod(k))
    }),
    ("cummax", |at| {
        at.need(!at.get::<bool>("reverse"), "reverse")?;
        lines!(at, t, k => t.cummax(k))
    }),
    ("cummin", |at| {
        at.need(!at.get::<bool>("reverse"), "reverse")?;
        lines!(at, t, k => t.cummin(k))
    }),
    ("sort", |at| {
        match (at.get::<bool>("descending"), at.pick(2)) {
            (false, 0) => lines!(at, t, k => t.sort(k)),
            (false, _) => lines!(at, t, k => t.sort_with_indices(k).0),
            (true, 0) => lines!(at, t, k => t.sort_descending(k)),
            (true, _) => lines!(at, t, k => t.sort_descending_with_indices(k).0),
        }
    }),
    ("argsort", |at| {
        let axis = at.axis();
        let order = ranked!(at.rank(0), D => {
            let t = lifted::<D>(at.arg_of_order(axis)?);
            let places = match at.get("descending") {
                false => t.argsort(axis),
                true => t.argsort_descending(axis),
            };
            places.float().cast(at.library.dtype)
        });
        Ok(order)
    }),
    ("top_k", |at| {
        at.need(at.get("largest"), "largest=false")?;
        let count: usize = at.get("k");
        match at.pick(2) {
            0 => lines!(at, t, k => t.topk(count, k)),
            _ => lines!(at, t, k => t.topk_with_indices(count, k).0),
        }
    }),
    ("softmax", |at| lines!(at, t, k => act::softmax(t, k))),
    (
        "log_softmax",
        |at| lines!(at, t, k => act::log_softmax(t, k)),
    ),
    ("layer_norm", |at| {
        at.need(at.axis() + 1 == at.rank(0), "several axes")?;
        let (weight, bias) = (of_rank!(R1, at.arg(1)?), of_rank!(R1, at.arg(2)?));
        unary!(at, t => module::layer_norm(t, weight, Some(bias), at.get("eps")))
    }),
    ("batch_norm_train", |at| {
        at.need(at.rank(0) >= 2, "a low rank")?;
        let (weight, bias) = (of_rank!(R1, at.arg(1)?), of_rank!(R1, at.arg(2)?));
        unary!(at, t => module::batch_norm_train(t, weight, bias, at.get("eps")).output)
    }),
    ("attention", |at| {
        let options = AttentionModuleOptions {
            is_causal: at.get("causal"),
            ..AttentionModuleOptions::default()
        };
        let (q, k) = (of_rank!(R4, at.arg(0)?), of_rank!(R4, at.arg(1)?));
        let v = of_rank!(R4, at.arg(2)?);
        let heads = |i: usize| &at.shape_of(i)[..2];
        at.need(
            heads(0) == heads(1) && heads(1) == heads(2),
            "batches that broadcast",
        )?;
        let is_square = at.shape_of(0)[2] == at.shape_of(1)[2];
        at.need(is_square || !options.is_causal, "a mask that is not square")?;
        Ok(Any::R4(module::attention(q, k, v, None, None, options)))
    }),
    ("reshape", |at| reshaped(at.arg(0)?, at.shape)),
    ("squeeze", squeeze),
    ("unsqueeze", unsqueeze),
    ("broadcast_to", |at| unary!(at, t => expanded(at, t)?)),
    ("transpose", |at| match (at.swapped(), at.pick(2)) {
        (Some((a, b)), 0) if at.pick(3) == 0 && a + 2 == at.rank(0) && b == a + 1 => {
            unary!(at, t => t.transpose())
        }
        (Some((a, b)), 0) => unary!(at, t => t.swap_dims(a, b)),
        _ if at.rank(0) == 0 => at.arg(0),
        _ => unary!(at, t => t.permute(sizes::<D>(&at.perm()))),
    }),
    ("slice", |at| {
        let slices = slices(at)?;
        unary!(at, t => if slices.is_empty() { t } else { t.slice(&slices[..]) })
    }),
    ("flip", |at| {
        let axes: Option<Vec<i64>> = at.get("axes");
        let axes = at.shape.axes(axes.as_deref()).unwrap_or_default();
        if let (&[a, b], 0) = (&axes[..], at.pick(2)) {
            return unary!(at, t => t.flip([a, b]));
        }
        unary!(at, t => {
            let mut y = t;
            for &axis in &axes {
                y = y.flip([axis]);
            }
            y
        })
    }),
    ("roll", |at| {
        let shift: i64 = at.get("shift");
        lines!(at, t, k => t.roll_dim(shift as isize, k))
    }),
    ("pad", pad),
    ("concat", |at| {
        Ok(ranked!(at.rank(0), D => {
            let parts = (0..at.count()).map(|i| Ok(lifted::<D>(at.arg(i)?)));
            Tensor::cat(parts.collect::<Answer<Vec<_>>>()?, at.axis())
        }))
    }),
    ("stack", stack),
    ("tile", |at| {
        let reps: Vec<usize> = at.get("reps");
        at.need(reps.len() <= at.rank(0), "more axes")?;
        let reps = [vec![1; at.rank(0) - reps.len()], reps].concat();
        let mut copied = (0..at.rank(0)).filter(|&axis| reps[axis] != 1);
        if let (Some(axis), None, 1) = (copied.next(), copied.next(), at.pick(2)) {
            return unary!(at, t => t.repeat_dim(axis, reps[axis]));
        }
        unary!(at, t => if reps.is_empty() { t } else { t.repeat(&reps) })
    }),
    ("tril", |at| {
        at.need(at.rank(0) >= 2, "a low rank")?;
        unary!(at, t => t.tril(at.get("k")))
    }),
    ("triu", |at| {
        at.need(at.rank(0) >= 2, "a low rank")?;
        unary!(at, t => t.triu(at.get("k")))
    }),
    ("cross", |at| {
        let axis = at.shape.axis(at.get("axis")).unwrap_or_default();
        binary!(at, s, t => s.cross(t, axis))
    }),
    ("take", |at| take(at, at.axis())),
    ("embedding", |at| take(at, 0)),
    ("take_along_axis", |at| {
        let (axis, places) = at.along(0)?;
        Ok(ranked!(at.rank(0), D => {
            let index = at.library.places::<D>(at.shape_of(1), &places);
            lifted::<D>(at.arg(0)?).gather(axis, index)
        }))
    }),
    ("scatter_add_along_axis", |at| {
        scattered(at, IndexingUpdateOp::Add)
    }),
    ("scatter_along_axis", |at| {
        scattered(at, IndexingUpdateOp::Assign)
    }),
    ("scatter_add", |at| selected(at, IndexingUpdateOp::Add)),
    ("scatter", |at| selected(at, IndexingUpdateOp::Assign)),
    ("one_hot", one_hot),
    ("matmul", matmul),
    ("einsum", einsum),
    ("dot", |at| {
        let (a, b) = (of_rank!(R1, at.arg(0)?), of_rank!(R1, at.arg(1)?));
        Ok(Any::R0(a.dot(b)))
    }),
    ("conv1d", |at| {
        Ok(Any::R3(module::conv1d(
            of_rank!(R3, at.arg(0)?),
            of_rank!(R3, at.arg(1)?),
            None,
            conv::<1>(at),
        )))
    }),
    ("conv2d", |at| {
        Ok(Any::R4(module::conv2d(
            of_rank!(R4, at.arg(0)?),
            of_rank!(R4, at.arg(1)?),
            None,
            conv::<2>(at),
        )))
    }),
    ("conv3d", |at| {
        Ok(Any::R5(module::conv3d(
            of_rank!(R5, at.arg(0)?),
            of_rank!(R5, at.arg(1)?),
            None,
            conv::<3>(at),
        )))
    }),
    ("conv_transpose1d", |at| {
        Ok(Any::R3(module::conv_transpose1d(
            of_rank!(R3, at.arg(0)?),
            of_rank!(R3, at.arg(1)?),
            None,
            conv_transpose::<1>(at),
        )))
    }),
    ("conv_transpose2d", |at| {
        Ok(Any::R4(module::conv_transpose2d(
            of_rank!(R4, at.arg(0)?),
            of_rank!(R4, at.arg(1)?),
            None,
            conv_transpose::<2>(at),
        )))
    }),
    ("conv_transpose3d", |at| {
        Ok(Any::R5(module::conv_transpose3d(
            of_rank!(R5, at.arg(0)?),
            of_rank!(R5, at.arg(1)?),
            None,
            conv_transpose::<3>(at),
        )))
    }),
    ("max_pool1d", |at| {
        let x = of_rank!(R3, at.arg(0)?);
        Ok(Any::R3(match at.pick(2) {
            0 => module::max_pool1d(x, max_pool(at)),
            _ => module::max_pool1d_with_indices(x, max_pool(at)).0,
        }))
    }),
    ("max_pool2d", |at| {
        let x = of_rank!(R4, at.arg(0)?);
        Ok(Any::R4(match at.pick(2) {
            0 => module::max_pool2d(x, max_pool(at)),
            _ => module::max_pool2d_with_indices(x, max_pool(at)).0,
        }))
    }),
    ("avg_pool1d", |at| {
        Ok(Any::R3(module::avg_pool1d(
            of_rank!(R3, at.arg(0)?),
            avg_pool(at),
        )))
    }),
    ("avg_pool2d", |at| {
        Ok(Any::R4(module::avg_pool2d(
            of_rank!(R4, at.arg(0)?),
            avg_pool(at),
        )))
    }),
    ("upsample_nearest", |at| {
        upsample(at, InterpolateMode::Nearest, true)
    }),
    ("upsample_bilinear", |at| {
        upsample(at, InterpolateMode::Bilinear, at.get("align_corners"))
    }),
    ("stop_gradient", |at| unary!(at, t => t.detach())),
];
