//! ferrotorch-core: PyTorch's functions in Rust. A tensor holds the node that made it; `backward` leaves gradients in the
//! leaves.
//!
//! Some functions have a value only, and their result forgets what it was made of: [`still`] takes them of constants.

use super::{VERSION, library};
use crate::adapter::{self, Adapter, Answer, Library, Range, Read, Refusal, Site, unsupported};
use library::grad_fns::activation as act;
use library::grad_fns::activation::GeluApproximate;
use library::grad_fns::{arithmetic, indexing, linalg as gradients, reduction, shape};
use library::{BoolTensor, Float, IntTensor, Tensor, TensorStorage, linalg, special};
use secant::Dtype;
use secant::engine::Engine;
use std::marker::PhantomData;

/// The engine.
pub(crate) fn open(name: &'static str) -> Box<dyn Engine> {
    let both = [Dtype::F32, Dtype::F64];
    Adapter::engine::<Ferrotorch<f64>>(name, VERSION, &both, |case, want| match case.dtype {
        Dtype::F32 => adapter::run(&Ferrotorch::<f32>(PhantomData), case, want),
        Dtype::F64 => adapter::run(&Ferrotorch::<f64>(PhantomData), case, want),
    })
}

struct Ferrotorch<E>(PhantomData<E>);

type At<'a, E> = Site<'a, Ferrotorch<E>>;
type Made<E> = library::FerrotorchResult<Tensor<E>>;
/// What may be done to the scores of an attention.
type Scores<E> = fn(&Tensor<E>, usize, usize) -> Made<E>;

impl From<library::FerrotorchError> for Refusal {
    /// What ferrotorch says that it does not take is no fault.
    fn from(error: library::FerrotorchError) -> Self {
        let refusals = [
            "call .contiguous()",
            "0-D",
            "only 2-D",
            "is singular",
            "zero on diagonal",
            "inconsistent sizes",
            "alpha cannot be 0",
        ];
        adapter::refused(error, &refusals)
    }
}

impl<E: Float> Library for Ferrotorch<E> {
    type Tensor = Tensor<E>;

    fn rows() -> Vec<adapter::Row<Self>> {
        [pointwise(), reductions(), layout(), places(), products()].concat()
    }

    fn leaf(&self, shape: &[usize], data: &[f64], is_param: bool) -> Answer<Tensor<E>> {
        let storage = TensorStorage::cpu(data.iter().map(|&x| number(x)).collect());
        Ok(Tensor::from_storage(storage, shape.to_vec(), is_param)?)
    }

    fn read(&self, x: &Tensor<E>) -> Answer<Read> {
        let data = x.data_vec()?.into_iter();
        Ok(Read {
            shape: x.shape().to_vec(),
            data: data.map(|x| x.to_f64().unwrap_or(f64::NAN)).collect(),
        })
    }

    fn view(&self, x: &Tensor<E>, way: u64) -> Answer<Tensor<E>> {
        let rank = x.ndim();
        Ok(match way % 5 {
            0 if rank >= 2 => {
                let turned = x.transpose(rank - 2, rank - 1)?.contiguous()?;
                turned.transpose(rank - 2, rank - 1)?
            }
            1 if rank >= 1 => {
                let size = x.shape()[0];
                shape::cat(&[x.clone(), x.clone()], 0)?.narrow(0, size, size)?
            }
            2 => {
                let wide = [&[3], x.shape()].concat();
                let wide = shape::expand(&x.unsqueeze_t(0)?, &wide)?;
                wide.narrow(0, 1, 1)?.squeeze_t(0)?
            }
            3 if rank >= 3 => {
                let reversed: Vec<usize> = (0..rank).rev().collect();
                x.permute(&reversed)?.contiguous()?.permute(&reversed)?
            }
            _ => x.flatten_t()?.reshape_t(&signed(x.shape()))?,
        })
    }

    fn gradient(
        &self,
        outputs: &[(Tensor<E>, secant::Tensor<f64>)],
        params: &[Tensor<E>],
    ) -> Answer<Vec<Option<Read>>> {
        let mut loss = self.leaf(&[], &[0.0], false)?;
        for (y, cotangent) in outputs {
            let cotangent = self.leaf(y.shape(), &cotangent.to_vec(), false)?;
            loss = (&loss + &(y * &cotangent)?.sum_all()?)?;
        }
        if loss.requires_grad() {
            loss.backward()?;
        }
        let read = |x: &Tensor<E>| x.grad()?.map(|gradient| self.read(&gradient)).transpose();
        params.iter().map(read).collect()
    }
}

fn number<E: Float>(x: f64) -> E {
    E::from(x).expect("a float holds it, if rounded")
}

fn signed(sizes: &[usize]) -> Vec<isize> {
    sizes.iter().map(|&size| size as isize).collect()
}

fn places_of<E: Float>(at: &At<E>, size: usize) -> Answer<IntTensor<i64>> {
    let places = at.index(1, size)?.into_iter().map(|place| place as i64);
    Ok(IntTensor::from_vec(
        places.collect(),
        at.shape_of(1).to_vec(),
    )?)
}

/// One of ferrotorch's functions of one tensor.
fn unary<E: Float>(at: &At<E>, f: fn(&Tensor<E>) -> Made<E>) -> Answer<Tensor<E>> {
    Ok(f(&at.arg(0)?)?)
}

/// One of ferrotorch's functions of two tensors that broadcast.
fn binary<E: Float>(at: &At<E>, f: fn(&Tensor<E>, &Tensor<E>) -> Made<E>) -> Answer<Tensor<E>> {
    Ok(f(&at.arg(0)?, &at.arg(1)?)?)
}

/// The result of a function that has no derivative, of operands that need none.
fn still<E: Float>(at: &At<E>, y: Made<E>) -> Answer<Tensor<E>> {
    for i in 0..at.count() {
        at.need(!at.arg(i)?.requires_grad(), "a derivative")?;
    }
    Ok(y?)
}

/// A comparison, as numbers.
fn compared<E: Float>(
    at: &At<E>,
    f: fn(&Tensor<E>, &Tensor<E>) -> library::FerrotorchResult<BoolTensor>,
) -> Answer<Tensor<E>> {
    at.need(at.is_even(), "operands that broadcast")?;
    Ok(f(&at.arg(0)?, &at.arg(1)?)?.to_float()?)
}

/// A reduction over everything, or over one axis after another.
fn reduced<E: Float>(
    at: &At<E>,
    whole: fn(&Tensor<E>) -> Made<E>,
    one: fn(&Tensor<E>, i64, bool) -> Made<E>,
) -> Answer<Tensor<E>> {
    let (mut y, mut axes, keeps) = (at.arg(0)?, at.axes(), at.get::<bool>("keepdims"));
    if at.takes_all(2) {
        return Ok(whole(&y)?);
    }
    axes.sort_unstable();
    for axis in axes.into_iter().rev() {
        y = one(&y, axis as i64, keeps)?;
    }
    Ok(y)
}

/// A moment of everything, or the value of one along an axis.
fn moment<E: Float>(
    at: &At<E>,
    whole: fn(&Tensor<E>, f64) -> Made<E>,
    one: fn(&Tensor<E>, i64, f64, bool) -> Made<E>,
) -> Answer<Tensor<E>> {
    let (x, axes, keeps) = (at.arg(0)?, at.axes(), at.get::<bool>("keepdims"));
    let ddof = at.get::<usize>("ddof") as f64;
    match axes[..] {
        _ if axes.len() == at.rank(0) && !keeps => Ok(whole(&x, ddof)?),
        [axis] => still(at, one(&x, axis as i64, ddof, keeps)),
        _ => unsupported("several axes"),
    }
}

/// A scan from the first place on.
fn scan<E: Float>(at: &At<E>, f: fn(&Tensor<E>, i64) -> Made<E>) -> Answer<Tensor<E>> {
    at.need(!at.get::<bool>("reverse"), "reverse")?;
    Ok(f(&at.arg(0)?, at.axis() as i64)?)
}

/// A scan that has its own place in it.
fn inclusive<E: Float>(at: &At<E>, f: fn(&Tensor<E>, i64) -> Made<E>) -> Answer<Tensor<E>> {
    at.need(!at.get::<bool>("exclusive"), "exclusive")?;
    scan(at, f)
}

/// All operands.
fn parts<E: Float>(at: &At<E>) -> Answer<Vec<Tensor<E>>> {
    (0..at.count()).map(|i| at.arg(i)).collect()
}

fn transpose<E: Float>(at: &At<E>) -> Answer<Tensor<E>> {
    let x = at.arg(0)?;
    let places: Vec<isize> = (0..x.ndim() as isize).collect();
    Ok(match (at.swapped(), at.pick(4)) {
        (Some((0, 1)), 0) if x.ndim() == 2 => x.t()?,
        (Some((a, b)), 1) => x.transpose(a, b)?,
        (Some((a, b)), 2) => x.swapaxes(a, b)?,
        (_, 3) => x.movedim_t(&signed(&at.perm()), &places)?,
        _ => x.permute(&at.perm())?,
    })
}

fn slice<E: Float>(at: &At<E>) -> Answer<Tensor<E>> {
    let (mut y, ranges) = (at.arg(0)?, at.ranges());
    at.need(ranges.iter().all(|range| range.step > 0), "a negative step")?;
    if ranges.iter().any(|range| range.step != 1) {
        at.need(at.shape.count() > 0, "no elements")?;
        let strides = y.strides().iter().zip(&ranges);
        let strides: Vec<isize> = strides.map(|(s, range)| s * range.step as isize).collect();
        let starts = y.strides().iter().zip(&ranges);
        let offset: usize = starts.map(|(&s, range)| s as usize * range.start).sum();
        return Ok(y.as_strided(at.shape, &strides, Some(y.storage_offset() + offset))?);
    }
    for (axis, Range { start, length, .. }) in ranges.into_iter().enumerate() {
        let size = at.shape_of(0)[axis];
        y = match at.pick(3) {
            _ if length == size => y,
            0 => y.split(&[start, length, size - start - length], axis)?[1].clone(),
            1 => y.tensor_split_t(&[start, start + length], axis as isize)?[1].clone(),
            _ => y.narrow(axis, start, length)?,
        };
    }
    Ok(y)
}

fn concat<E: Float>(at: &At<E>) -> Answer<Tensor<E>> {
    let parts = parts(at)?;
    Ok(match (at.shape.rank(), at.axis(), at.pick(2)) {
        (2.., 0, 0) => shape::vstack(&parts)?,
        (1, 0, 0) | (2.., 1, 0) => shape::hstack(&parts)?,
        (3.., 2, 0) => shape::dstack(&parts)?,
        (_, axis, _) => shape::cat(&parts, axis as isize)?,
    })
}

fn stack<E: Float>(at: &At<E>) -> Answer<Tensor<E>> {
    let parts = parts(at)?;
    let axis = at.shape.axis(at.get("axis")).unwrap_or_default();
    match (at.rank(0), axis, at.pick(2)) {
        (1, 0, 0) => Ok(shape::vstack(&parts)?),
        (1, 1, 0) => Ok(shape::column_stack(&parts)?),
        (2, 2, 0) => Ok(shape::dstack(&parts)?),
        _ => still(at, library::stack(&parts, axis)),
    }
}

/// The slices that an index names along an axis.
fn take<E: Float>(at: &At<E>, axis: usize) -> Answer<Tensor<E>> {
    let x = at.arg(0)?;
    let size = x.shape()[axis];
    Ok(match (at.rank(1), x.ndim(), at.pick(3)) {
        (0, _, 0) => x.unbind_t(axis as isize)?[at.index(1, size)?[0]].clone(),
        (0, _, _) => x
            .narrow(axis, at.index(1, size)?[0], 1)?
            .squeeze_t(axis as isize)?,
        (1, 1, 0) => indexing::index_select_1d(&x, &at.index(1, size)?)?,
        (1, 1, 1) => indexing::index_select_1d_it(&x, &places_of(at, size)?)?,
        (1, _, _) => indexing::index_select_dim(&x, axis, &places_of(at, size)?)?,
        (_, 1, _) => x.take_t(&places_of(at, size)?)?,
        _ => return unsupported("an index of several axes"),
    })
}

fn matmul<E: Float>(at: &At<E>) -> Answer<Tensor<E>> {
    let (a, b) = (at.arg(0)?, at.arg(1)?);
    Ok(match (a.ndim(), b.ndim(), at.pick(4)) {
        (1, 1, 0) => a.dot_t(&b)?,
        (2, 1, 0) => a.mv_t(&b)?,
        (2, 2, 0) => a.mm(&b)?,
        (2, 2, 1) => a.mm_bt(&b.t()?)?,
        (2, 2, 2) => gradients::linear_fused(&a, &b.t()?, None)?,
        (3, 3, 0) if a.shape()[0] == b.shape()[0] => a.bmm(&b)?,
        _ => a.matmul(&b)?,
    })
}

/// The operand, if it is one matrix.
fn matrix<E: Float>(at: &At<E>) -> Answer<Tensor<E>> {
    at.need(at.rank(0) == 2, "a batch")?;
    at.arg(0)
}

/// (a + a^T) / 2.
fn symmetric<E: Float>(at: &At<E>) -> Answer<Tensor<E>> {
    let a = matrix(at)?;
    let half = at.library.leaf(&[], &[0.5], false)?;
    Ok((&(&a + &a.t()?)? * &half)?)
}

/// A reduced factorisation, and the signs that make the diagonal of R positive.
fn factors<E: Float>(at: &At<E>) -> Answer<(Tensor<E>, Tensor<E>, Vec<f64>)> {
    let (q, r) = linalg::qr(&matrix(at)?)?;
    let signs = at.signs(&r)?;
    Ok((q, r, signs))
}

fn pointwise<E: Float>() -> Vec<adapter::Row<Ferrotorch<E>>> {
    let mut rows = of_one();
    rows.extend(units());
    rows.extend(of_two());
    rows
}

/// Functions of one number.
fn of_one<E: Float>() -> Vec<adapter::Row<Ferrotorch<E>>> {
    vec![
        ("neg", |at| match at.pick(2) {
            0 => Ok((-at.arg(0)?)?),
            _ => unary(at, Tensor::neg_t),
        }),
        ("abs", |at| unary(at, Tensor::abs_t)),
        ("sign", |at| unary(at, Tensor::sign_t)),
        ("square", |at| {
            let x = at.arg(0)?;
            Ok(match at.pick(3) {
                0 => (&x * &x)?,
                1 => x.pow_t(2.0)?,
                _ => x.mul_t(&x)?,
            })
        }),
        ("cube", |at| Ok(at.arg(0)?.pow_t(3.0)?)),
        ("recip", |at| match at.pick(2) {
            0 => unary(at, Tensor::reciprocal_t),
            _ => Ok(at.arg(0)?.pow_t(-1.0)?),
        }),
        ("sqrt", |at| match at.pick(2) {
            0 => unary(at, Tensor::sqrt_t),
            _ => Ok(at.arg(0)?.pow_t(0.5)?),
        }),
        ("rsqrt", |at| match at.pick(2) {
            0 => unary(at, Tensor::rsqrt_t),
            _ => Ok(at.arg(0)?.pow_t(-0.5)?),
        }),
        ("exp", |at| unary(at, Tensor::exp_t)),
        ("exp2", |at| unary(at, Tensor::exp2_t)),
        ("expm1", |at| unary(at, Tensor::expm1_t)),
        ("log", |at| unary(at, Tensor::log_t)),
        ("log2", |at| unary(at, Tensor::log2_t)),
        ("log10", |at| unary(at, Tensor::log10_t)),
        ("log1p", |at| unary(at, Tensor::log1p_t)),
        ("sin", |at| unary(at, Tensor::sin_t)),
        ("cos", |at| unary(at, Tensor::cos_t)),
        ("tan", |at| unary(at, Tensor::tan_t)),
        ("asin", |at| unary(at, Tensor::asin_t)),
        ("acos", |at| unary(at, Tensor::acos_t)),
        ("atan", |at| unary(at, Tensor::atan_t)),
        ("sinh", |at| unary(at, Tensor::sinh_t)),
        ("cosh", |at| unary(at, Tensor::cosh_t)),
        ("tanh", |at| unary(at, Tensor::tanh_t)),
        ("asinh", |at| unary(at, Tensor::asinh_t)),
        ("acosh", |at| unary(at, Tensor::acosh_t)),
        ("atanh", |at| unary(at, Tensor::atanh_t)),
        ("sinc", |at| unary(at, Tensor::sinc_t)),
        ("floor", |at| unary(at, Tensor::floor_t)),
        ("ceil", |at| unary(at, Tensor::ceil_t)),
        ("round", |at| unary(at, Tensor::round_t)),
        ("trunc", |at| unary(at, Tensor::trunc_t)),
        ("erfinv", |at| still(at, special::erfinv(&at.arg(0)?))),
        ("powc", |at| Ok(at.arg(0)?.pow_t(at.get("exponent"))?)),
        ("powi", |at| {
            Ok(at.arg(0)?.pow_t(at.get::<i64>("n") as f64)?)
        }),
        ("clamp", |at| {
            let (x, lo, hi) = (at.arg(0)?, number(at.get("lo")), number(at.get("hi")));
            Ok(match at.pick(2) {
                0 => x.clamp_t(lo, hi)?,
                _ => x.clip_t(lo, hi)?,
            })
        }),
    ]
}

/// Activations.
fn units<E: Float>() -> Vec<adapter::Row<Ferrotorch<E>>> {
    vec![
        ("sigmoid", |at| unary(at, Tensor::sigmoid)),
        ("softsign", |at| unary(at, act::softsign)),
        ("softplus", |at| Ok(act::softplus(&at.arg(0)?, 1.0, 40.0)?)),
        ("relu", |at| {
            let x = at.arg(0)?;
            Ok(match at.pick(2) {
                0 => x.relu()?,
                _ => x.threshold_t(0.0, 0.0)?,
            })
        }),
        ("relu6", |at| match at.pick(2) {
            0 => unary(at, act::relu6),
            _ => Ok(act::hardtanh_with(&at.arg(0)?, 0.0, 6.0)?),
        }),
        ("leaky_relu", |at| {
            let (x, slope) = (at.arg(0)?, at.get::<f64>("slope"));
            Ok(match at.pick(3) {
                0 => act::leaky_relu(&x, slope)?,
                1 => act::prelu(&x, &at.library.leaf(&[], &[slope], false)?)?,
                _ => x.rrelu_t(slope, slope, false)?,
            })
        }),
        ("elu", |at| Ok(act::elu(&at.arg(0)?, at.get("alpha"))?)),
        ("celu", |at| Ok(at.arg(0)?.celu_t(at.get("alpha"))?)),
        ("selu", |at| unary(at, act::selu)),
        ("gelu", |at| match at.pick(2) {
            0 => unary(at, Tensor::gelu),
            _ => Ok(at.arg(0)?.gelu_with(GeluApproximate::None)?),
        }),
        ("gelu_tanh", |at| {
            Ok(at.arg(0)?.gelu_with(GeluApproximate::Tanh)?)
        }),
        ("silu", |at| unary(at, Tensor::silu)),
        ("mish", |at| unary(at, act::mish)),
        ("hard_tanh", |at| match at.pick(2) {
            0 => unary(at, act::hardtanh),
            _ => Ok(act::hardtanh_with(&at.arg(0)?, -1.0, 1.0)?),
        }),
        ("hard_sigmoid", |at| unary(at, act::hardsigmoid)),
        ("hard_swish", |at| unary(at, act::hardswish)),
        ("softmax", |at| {
            at.need(at.axis() + 1 == at.rank(0), "an axis other than the last")?;
            unary(at, Tensor::softmax)
        }),
        ("log_softmax", |at| {
            at.need(at.axis() + 1 == at.rank(0), "an axis other than the last")?;
            unary(at, Tensor::log_softmax)
        }),
        ("stop_gradient", |at| Ok(at.arg(0)?.detach())),
    ]
}

/// Functions of two numbers and of three.
fn of_two<E: Float>() -> Vec<adapter::Row<Ferrotorch<E>>> {
    vec![
        ("add", |at| match at.pick(4) {
            0 => binary(at, |x, z| x + z),
            1 => binary(at, |x, z| arithmetic::add_scaled(x, z, 1.0)),
            2 => binary(at, |x, z| arithmetic::sub_scaled(x, z, -1.0)),
            _ => binary(at, Tensor::add_t),
        }),
        ("sub", |at| match at.pick(4) {
            0 => binary(at, |x, z| x - z),
            1 => binary(at, |x, z| arithmetic::sub_scaled(x, z, 1.0)),
            2 => binary(at, |x, z| z.rsub_t(x, 1.0)),
            _ => binary(at, Tensor::sub_t),
        }),
        ("mul", |at| match at.pick(2) {
            0 => binary(at, |x, z| x * z),
            _ => binary(at, Tensor::mul_t),
        }),
        ("div", |at| match at.pick(2) {
            0 => binary(at, |x, z| x / z),
            _ => binary(at, Tensor::div_t),
        }),
        ("pow", |at| match at.number(1) {
            Some(exponent) => Ok(at.arg(0)?.pow_t(exponent)?),
            None => unsupported("a power of a tensor"),
        }),
        ("atan2", |at| binary(at, library::atan2)),
        ("hypot", |at| binary(at, library::hypot)),
        ("copysign", |at| binary(at, library::copysign)),
        ("fmod", |at| binary(at, Tensor::fmod_t)),
        ("remainder", |at| binary(at, Tensor::remainder_t)),
        ("xlogy", |at| {
            still(at, special::xlogy(&at.arg(0)?, &at.arg(1)?))
        }),
        ("gt", |at| compared(at, BoolTensor::gt)),
        ("ge", |at| compared(at, BoolTensor::ge)),
        ("lt", |at| compared(at, BoolTensor::lt)),
        ("le", |at| compared(at, BoolTensor::le)),
        ("eq", |at| compared(at, BoolTensor::eq_t)),
        ("ne", |at| compared(at, BoolTensor::ne)),
        ("where", |at| {
            let condition = at.arg(0)?;
            let zero = library::zeros_like(&condition)?;
            let condition = BoolTensor::ne(&condition, &zero)?;
            let (yes, no) = (at.arg(1)?, at.arg(2)?);
            Ok(match (at.is_even(), at.pick(3)) {
                (true, 0) => yes.where_t(condition.data()?, &no)?,
                (true, 1) => yes.where_bt_t(&condition, &no)?,
                _ => indexing::where_cond_bcast(&condition, &yes, &no)?,
            })
        }),
        ("fma", |at| {
            Ok(at.arg(2)?.addcmul_t(&at.arg(0)?, &at.arg(1)?, 1.0)?)
        }),
    ]
}

fn reductions<E: Float>() -> Vec<adapter::Row<Ferrotorch<E>>> {
    vec![
        ("sum", |at| reduced(at, Tensor::sum_all, reduction::sum_dim)),
        ("mean", |at| {
            reduced(at, Tensor::mean_all, reduction::mean_dim)
        }),
        ("prod", |at| {
            reduced(at, Tensor::prod_all, reduction::prod_dim)
        }),
        ("max_reduce", |at| match at.pick(2) {
            0 => reduced(at, Tensor::amax, reduction::amax_dim),
            _ => reduced(at, reduction::amax, |x, k, keeps| {
                Ok(reduction::max_with_dim(x, k, keeps)?.0)
            }),
        }),
        ("min_reduce", |at| match at.pick(2) {
            0 => reduced(at, Tensor::amin, reduction::amin_dim),
            _ => reduced(at, reduction::amin, |x, k, keeps| {
                Ok(reduction::min_with_dim(x, k, keeps)?.0)
            }),
        }),
        ("logsumexp", |at| {
            reduced(at, Tensor::logsumexp_t, reduction::logsumexp_dim)
        }),
        ("var", |at| {
            moment(at, reduction::var_with_correction, reduction::var_dim)
        }),
        ("std", |at| {
            moment(at, reduction::std_with_correction, reduction::std_dim)
        }),
        ("norm", norm),
        ("median", |at| {
            let axes = at.axes();
            let is_odd = axes.len() == 1 && at.shape_of(0)[axes[0]] % 2 == 1;
            at.need(is_odd, "several axes or an even count")?;
            let (x, axis) = (at.arg(0)?, axes[0] as i64);
            Ok(reduction::median_with_dim(&x, axis, at.get("keepdims"))?.0)
        }),
        ("argmax", |at| {
            let places = at.arg(0)?.argmax_dim_t(at.axis() as i64, false)?;
            Ok(places.to_float()?)
        }),
        ("argmin", |at| {
            let places = at.arg(0)?.argmin_dim_t(at.axis() as i64, false)?;
            Ok(places.to_float()?)
        }),
        ("cumsum", |at| inclusive(at, Tensor::cumsum_t)),
        ("cumprod", |at| inclusive(at, Tensor::cumprod_t)),
        ("cumlogsumexp", |at| scan(at, Tensor::logcumsumexp_t)),
        ("cummax", |at| {
            scan(at, |x, axis| Ok(library::cummax(x, axis)?.values))
        }),
        ("cummin", |at| {
            scan(at, |x, axis| Ok(library::cummin(x, axis)?.values))
        }),
    ]
}

/// The norm of everything, which has a derivative for the order 2, or along an axis.
fn norm<E: Float>(at: &At<E>) -> Answer<Tensor<E>> {
    let (x, axes, keeps) = (at.arg(0)?, at.axes(), at.get::<bool>("keepdims"));
    let ord: f64 = at.get("ord");
    let is_whole = axes.len() == at.rank(0) && !keeps;
    match axes[..] {
        [_, _] if is_whole && ord == 2.0 && at.pick(2) == 0 => Ok(linalg::matrix_norm(&x)?),
        [axis] if !is_whole || at.pick(2) == 0 => {
            at.need(ord.is_finite(), "an infinite order along an axis")?;
            Ok(reduction::norm_with_dim(&x, ord, axis as i64, keeps)?)
        }
        _ if is_whole && ord == 2.0 => Ok(linalg::vector_norm(&x, ord)?),
        _ if is_whole => still(at, linalg::vector_norm(&x, ord)),
        _ => unsupported("several axes"),
    }
}

fn layout<E: Float>() -> Vec<adapter::Row<Ferrotorch<E>>> {
    vec![
        ("reshape", |at| {
            let x = at.arg(0)?;
            let shape: Vec<i64> = at.shape.iter().map(|&size| size as i64).collect();
            Ok(match at.pick(3) {
                0 if at.shape.rank() == 1 => x.flatten_t()?,
                1 if x.ndim() == 1 && !shape.is_empty() => x.unflatten_t(0, &signed(at.shape))?,
                2 if x.is_contiguous() => x.view(&shape)?,
                _ => x.reshape_t(&signed(at.shape))?,
            })
        }),
        ("transpose", transpose),
        ("broadcast_to", |at| {
            let x = at.arg(0)?;
            Ok(match at.pick(3) {
                0 => shape::expand(&x, at.shape)?,
                1 => x.expand_as_t(&library::zeros(at.shape)?)?,
                _ => x.broadcast_to_t(at.shape)?,
            })
        }),
        ("squeeze", |at| {
            let axes: Vec<i64> = at.get("axes");
            let mut axes = at.shape_of(0).axes(Some(&axes)).unwrap_or_default();
            axes.sort_unstable();
            let mut y = at.arg(0)?;
            for axis in axes.into_iter().rev() {
                y = y.squeeze_t(axis as isize)?;
            }
            Ok(y)
        }),
        ("unsqueeze", |at| {
            let axes: Vec<i64> = at.get("axes");
            let mut axes = at.shape.axes(Some(&axes)).unwrap_or_default();
            axes.sort_unstable();
            let mut y = at.arg(0)?;
            for axis in axes {
                y = y.unsqueeze_t(axis as isize)?;
            }
            Ok(y)
        }),
        ("slice", slice),
        ("flip", |at| {
            let axes: Option<Vec<i64>> = at.get("axes");
            let axes = at.shape.axes(axes.as_deref()).unwrap_or_default();
            let x = at.arg(0)?;
            Ok(match (&axes[..], at.pick(2)) {
                ([0], 0) => x.flipud_t()?,
                ([1], 0) => x.fliplr_t()?,
                _ => x.flip_t(&signed(&axes))?,
            })
        }),
        ("roll", |at| {
            Ok(library::roll(&at.arg(0)?, at.get("shift"), at.axis())?)
        }),
        ("concat", concat),
        ("stack", stack),
        ("tile", |at| {
            let reps: Vec<usize> = at.get("reps");
            let x = at.arg(0)?;
            Ok(match reps.len() >= x.ndim() && at.pick(2) == 0 {
                true => x.repeat_t(&signed(&reps))?,
                false => x.tile_t(&signed(&reps))?,
            })
        }),
        ("repeat", |at| {
            let axis = at.axis() as isize;
            Ok(at.arg(0)?.repeat_interleave_t(at.get("repeats"), axis)?)
        }),
        ("diag", |at| Ok(library::diag(&at.arg(0)?, at.get("k"))?)),
        ("diagonal", |at| {
            at.need(at.rank(0) == 2, "a batch")?;
            let (x, offset) = (at.arg(0)?, at.get("offset"));
            Ok(match at.pick(2) {
                0 => library::diag(&x, offset)?,
                _ => linalg::diagonal(&x, offset)?,
            })
        }),
        ("trace", |at| {
            at.need(at.rank(0) == 2, "a batch")?;
            at.need(at.get::<i64>("offset") == 0, "an offset")?;
            let x = at.arg(0)?;
            Ok(match at.pick(2) {
                0 if at.shape_of(0)[0] == at.shape_of(0)[1] => x.einsum("ii->", &[])?,
                _ => linalg::trace(&x)?,
            })
        }),
        ("tril", |at| Ok(library::tril(&at.arg(0)?, at.get("k"))?)),
        ("triu", |at| Ok(library::triu(&at.arg(0)?, at.get("k"))?)),
    ]
}

fn places<E: Float>() -> Vec<adapter::Row<Ferrotorch<E>>> {
    vec![
        ("take", |at| take(at, at.axis())),
        ("embedding", |at| take(at, 0)),
        ("take_along_axis", |at| {
            let (axis, index) = at.along(0)?;
            Ok(library::gather(
                &at.arg(0)?,
                axis as isize,
                &index,
                at.shape_of(1),
            )?)
        }),
        ("scatter_add", |at| {
            at.need(at.rank(1) == 1, "an index of several axes")?;
            let axis = at.axis();
            let index = places_of(at, at.shape_of(0)[axis])?;
            let (x, source) = (at.arg(0)?, at.arg(2)?);
            Ok(x.index_add_t(axis as i64, &index, &source, 1.0)?)
        }),
        ("scatter", |at| {
            at.need(at.rank(1) == 1, "an index of several axes")?;
            let axis = at.axis();
            let index = places_of(at, at.shape_of(0)[axis])?;
            Ok(at.arg(0)?.index_copy_t(axis as i64, &index, &at.arg(2)?)?)
        }),
        ("scatter_add_along_axis", |at| {
            let (axis, index) = at.scattered()?;
            let (x, source, shape) = (at.arg(0)?, at.arg(2)?, at.shape_of(1));
            Ok(match at.pick(2) {
                0 => library::scatter_add(&x, axis as isize, &index, shape, &source)?,
                _ => x.scatter_reduce_t(axis as i64, &index, shape, &source, "sum", true)?,
            })
        }),
        ("scatter_along_axis", |at| {
            let (axis, index) = at.scattered()?;
            let shape = at.shape_of(1);
            Ok(library::scatter(
                &at.arg(0)?,
                axis as isize,
                &index,
                shape,
                &at.arg(2)?,
            )?)
        }),
    ]
}

fn products<E: Float>() -> Vec<adapter::Row<Ferrotorch<E>>> {
    vec![
        ("matmul", matmul),
        ("dot", |at| match at.pick(3) {
            0 => binary(at, Tensor::dot_t),
            1 => binary(at, |a, b| a.einsum("i,i->", &[b])),
            _ => binary(at, Tensor::matmul),
        }),
        ("outer", |at| {
            let are_vectors = at.rank(0) == 1 && at.rank(1) == 1;
            at.need(are_vectors, "other than two vectors")?;
            match at.pick(2) {
                0 => binary(at, linalg::outer),
                _ => binary(at, |a, b| a.einsum("i,j->ij", &[b])),
            }
        }),
        ("kron", |at| binary(at, linalg::kron)),
        ("cross", |at| {
            at.need(at.is_even(), "operands that broadcast")?;
            let (a, b) = (at.arg(0)?, at.arg(1)?);
            Ok(linalg::cross(&a, &b, at.axis() as i64)?)
        }),
        ("einsum", |at| {
            at.need(at.count() <= 2, "more than two operands")?;
            let (parts, equation) = (parts(at)?, at.get::<String>("equation"));
            let is_plain = !equation.contains(|c: char| c == '.' || c.is_ascii_uppercase());
            at.need(is_plain, "an ellipsis or capital letters")?;
            let parts: Vec<&Tensor<E>> = parts.iter().collect();
            Ok(library::einsum_differentiable(&equation, &parts)?)
        }),
        ("attention", |at| {
            at.need(!at.get::<bool>("causal"), "causal")?;
            let is_even = |i: usize| at.rank(i) == 4 && at.shape_of(i)[..2] == at.shape[..2];
            at.need((0..3).all(is_even), "other batches than of two axes")?;
            let (q, k, v) = (at.arg(0)?, at.arg(1)?, at.arg(2)?);
            Ok(library::flex_attention(&q, &k, &v, None::<Scores<E>>)?)
        }),
        ("det", |at| Ok(linalg::det(&matrix(at)?)?)),
        ("inv", |at| Ok(linalg::inv(&matrix(at)?)?)),
        ("solve", |at| {
            at.need(at.rank(1) <= 2, "a batch")?;
            Ok(linalg::solve(&matrix(at)?, &at.arg(1)?)?)
        }),
        ("slogdet", |at| Ok(linalg::slogdet(&matrix(at)?)?.1)),
        ("cholesky", |at| {
            let factor = linalg::cholesky(&symmetric(at)?)?;
            Ok(match at.get::<bool>("lower") {
                true => factor,
                false => factor.t()?,
            })
        }),
        ("eigvalsh", |at| Ok(linalg::eigvalsh(&symmetric(at)?)?)),
        ("eigh_values", |at| Ok(linalg::eigh(&symmetric(at)?)?.0)),
        ("qr_q", |at| {
            let (q, _, signs) = factors(at)?;
            let signs = at.library.leaf(&[signs.len()], &signs, false)?;
            Ok((&q * &signs)?)
        }),
        ("qr_r", |at| {
            let (_, r, signs) = factors(at)?;
            let signs = at.library.leaf(&[signs.len(), 1], &signs, false)?;
            Ok((&r * &signs)?)
        }),
        ("svdvals", |at| Ok(linalg::svd(&matrix(at)?)?.1)),
    ]
}
