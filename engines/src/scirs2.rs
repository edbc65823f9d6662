//! scirs2-autograd: raskr's autograd, which it goes on from, with more operations: lazy tensors in a graph of their own; the
//! gradient is more of that graph, and nothing is computed before it is asked for.

use super::{VERSION, library};
use crate::adapter::{
    self, Adapter, Answer, Library, Range, Read, Refusal, Row, Site, unsupported,
};
use crate::lazy::{binary, bounds, conversions, lazy, loss, reduced, unary};
use library::ndarray::{ArrayD, IxDyn, ScalarOperand};
use library::tensor_ops as ops;
use library::tensor_ops::SliceRange;
use library::{Context, Float, Tensor};
use num_traits::FromPrimitive;
use secant::engine::{Engine, EngineError, Evaluation, Want};
use secant::{Case, Dtype};
use std::collections::BTreeSet;
use std::fmt::Display;

/// The engine.
pub(crate) fn open(name: &'static str) -> Box<dyn Engine> {
    let both = [Dtype::F32, Dtype::F64];
    Adapter::engine::<Scirs<'static, 'static, f64>>(name, VERSION, &both, |case, want| {
        match case.dtype {
            Dtype::F32 => evaluate::<f32>(case, want),
            Dtype::F64 => evaluate::<f64>(case, want),
        }
    })
}

/// A number type, and the functions that scirs2 has for each by itself.
trait Number: Float + ScalarOperand + FromPrimitive {
    fn lgamma<'g>(x: Tensor<'g, Self>) -> Tensor<'g, Self>;
    fn digamma<'g>(x: Tensor<'g, Self>) -> Tensor<'g, Self>;
}

macro_rules! numbers {
    ($($E:ty, $lgamma:ident, $digamma:ident;)+) => {$(
        impl Number for $E {
            fn lgamma<'g>(x: Tensor<'g, Self>) -> Tensor<'g, Self> {
                ops::$lgamma(x)
            }
            fn digamma<'g>(x: Tensor<'g, Self>) -> Tensor<'g, Self> {
                ops::$digamma(x)
            }
        }
    )+};
}
numbers! {
    f32, lgamma_f32, digamma_f32;
    f64, lgamma_f64, digamma_f64;
}

fn evaluate<F: Number>(case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
    library::run::<F, _, _>(|ctx| adapter::run(&Scirs { ctx }, case, want))
}

conversions!(Number);

struct Scirs<'g, 'e, F: Number> {
    ctx: &'g Context<'e, F>,
}

/// What scirs2 says that it does not take is no fault.
fn refused(error: impl Display) -> Refusal {
    let refusals = [
        "is not implemented",
        "singular",
        "has extent",
        "not positive definite",
    ];
    adapter::refused(error, &refusals)
}

impl<'g, 'e, F: Number> Library for Scirs<'g, 'e, F> {
    type Tensor = Tensor<'g, F>;

    fn rows() -> Vec<Row<Self>> {
        rows()
    }

    fn leaf(&self, shape: &[usize], data: &[f64], is_param: bool) -> Answer<Tensor<'g, F>> {
        let array = array(shape, data);
        Ok(match is_param {
            true => ops::variable(array, self.ctx),
            false => ops::convert_to_tensor(array, self.ctx),
        })
    }

    fn read(&self, x: &Tensor<'g, F>) -> Answer<Read> {
        let array = x.eval(self.ctx).map_err(refused)?;
        Ok(told(&array))
    }

    fn view(&self, x: &Tensor<'g, F>, way: u64) -> Answer<Tensor<'g, F>> {
        Ok(match way % 5 {
            0 => ops::identity(x),
            1 => ops::checkpoint(x),
            2 => ops::smart_checkpoint(x, 0),
            3 => ops::cached_op(x, "identity"),
            _ => *x,
        })
    }

    fn gradient(
        &self,
        outputs: &[(Tensor<'g, F>, secant::Tensor<f64>)],
        params: &[Tensor<'g, F>],
    ) -> Answer<Vec<Option<Read>>> {
        let loss = loss!(self.ctx, outputs);
        let gradients = ops::grad(&[loss], params);
        let read = |gradient| Ok(Some(self.read(gradient)?));
        gradients.iter().map(read).collect()
    }
}

type At<'a, 'g, 'e, F> = Site<'a, Scirs<'g, 'e, F>>;

macro_rules! operator {
    ($at:ident, $op:tt, $function:path, $broadcast:path, $($more:path),+) => {{
        if let (Some(z), 0) = ($at.number(1), $at.pick(2)) {
            return Ok($at.arg(0)? $op number::<F>(z));
        }
        if let (Some(x), 0) = ($at.number(0), $at.pick(2)) {
            return Ok(x $op $at.arg(1)?);
        }
        let ways = [$broadcast, $($more),+];
        match $at.pick(6) {
            0 => binary!($at, x, z => x $op z),
            1 => binary!($at, x, z => $broadcast(&x, &z)),
            2.. if $at.is_even() => {
                let way = $at.pick(ways.len() as u64) as usize;
                binary!($at, x, z => ways[way](&x, &z))
            }
            _ => binary!($at, x, z => $function(x, z)),
        }
    }};
}

/// A function of two tensors of one shape, that has a sister which broadcasts.
macro_rules! matched {
    ($at:ident, $function:path, $broadcast:path) => {
        match $at.is_even() && $at.pick(2) == 1 {
            true => binary!($at, x, z => $function(x, z)),
            false => binary!($at, x, z => $broadcast(&x, &z)),
        }
    };
}

/// A comparison of two tensors of one shape.
macro_rules! compared {
    ($at:ident, $function:path) => {{
        $at.need($at.is_even(), "operands that broadcast")?;
        binary!($at, x, z => $function(x, z))
    }};
}

fn slice<'g, F: Number>(at: &At<'_, 'g, '_, F>) -> Answer<Tensor<'g, F>> {
    let (x, ranges) = (at.arg(0)?, at.ranges());
    at.need(ranges.iter().all(|range| range.step > 0), "a negative step")?;
    if ranges.iter().any(|range| range.step != 1) || at.pick(3) == 1 {
        let range = |range: &Range| {
            let (start, end) = (range.start as isize, range.end() as isize);
            SliceRange::new(Some(start), Some(end), Some(range.step as isize))
        };
        let ranges: Vec<SliceRange> = ranges.iter().map(range).collect();
        return Ok(ops::efficient_slice(&x, &ranges));
    }
    let (starts, ends) = bounds(at.shape_of(0), &ranges);
    Ok(ops::slice(x, &starts, &ends))
}

fn take<'g, F: Number>(at: &At<'_, 'g, '_, F>, axis: usize) -> Answer<Tensor<'g, F>> {
    let (x, index) = (at.arg(0)?, at.places(1, at.shape_of(0)[axis])?);
    let from_the_end = axis as isize - at.rank(0) as isize;
    Ok(match (at.pick(5), at.rank(1), axis) {
        (1, _, _) => ops::gather_common(x, index, axis as isize),
        (4, _, _) => ops::gather(x, index, from_the_end),
        (2, 1, _) => ops::take(&x, &index, axis as isize),
        (3, 1, 0) => ops::select_rows(&x, &index),
        (3, 1, 1) => ops::select_columns(&x, &index),
        _ => ops::gather(x, index, axis as isize),
    })
}

fn reshape<'g, F: Number>(at: &At<'_, 'g, '_, F>) -> Answer<Tensor<'g, F>> {
    let x = at.arg(0)?;
    Ok(match at.pick(4) {
        0 if at.shape.rank() == 1 => ops::flatten(x),
        1 => ops::efficient_reshape_withshape(&x, at.shape),
        2 => ops::efficient_view(&x, at.shape),
        _ => ops::reshape(x, &at.integers(at.shape)?),
    })
}

fn transpose<'g, F: Number>(at: &At<'_, 'g, '_, F>) -> Answer<Tensor<'g, F>> {
    let x = at.arg(0)?;
    Ok(match (at.rank(0), at.swapped(), at.pick(2)) {
        (2, Some(_), 1) => ops::efficient_transpose(&x, None),
        _ => ops::transpose(x, &at.integers(&at.perm())?),
    })
}

fn matmul<'g, F: Number>(at: &At<'_, 'g, '_, F>) -> Answer<Tensor<'g, F>> {
    let (x, z) = (at.arg(0)?, at.arg(1)?);
    let (a, b) = (at.rank(0), at.rank(1));
    let swapped = |rank: usize| {
        let mut perm: Vec<usize> = (0..rank).collect();
        perm.swap(rank - 1, rank - 2);
        at.integers(&perm)
    };
    Ok(match (a, b, at.pick(4)) {
        (2, 2, 1) => ops::einsum("ij,jk->ik", &[&x, &z]),
        (2, 2, _) => ops::matmul(x, z),
        (..2, _, _) | (_, ..2, _) => return unsupported("matmul of a vector"),
        _ if a != b || at.shape_of(0)[..a - 2] != at.shape_of(1)[..a - 2] => {
            return unsupported("matmul of these ranks");
        }
        (_, _, 1) => ops::batch_matmul_t(ops::transpose(x, &swapped(a)?), z, true, false),
        (_, _, 2) => ops::batch_matmul_t(x, ops::transpose(z, &swapped(a)?), false, true),
        _ => ops::batch_matmul(x, z),
    })
}

/// A reduced factorisation, and the signs that make the diagonal of R positive.
#[allow(clippy::type_complexity)]
fn factors<'g, F: Number>(
    at: &At<'_, 'g, '_, F>,
) -> Answer<(Tensor<'g, F>, Tensor<'g, F>, Vec<f64>)> {
    let a = matrix(at)?;
    let (q, r) = match at.pick(2) {
        0 => ops::qr(a),
        _ => ops::decomp_qr(&a),
    };
    let signs = at.signs(&r)?;
    Ok((q, r, signs))
}

/// The operand, if it is one matrix.
fn matrix<'g, F: Number>(at: &At<'_, 'g, '_, F>) -> Answer<Tensor<'g, F>> {
    at.need(at.rank(0) == 2, "a batch")?;
    at.arg(0)
}

/// The operand, if it is one matrix as high as wide.
fn square<'g, F: Number>(at: &At<'_, 'g, '_, F>) -> Answer<Tensor<'g, F>> {
    let x = matrix(at)?;
    at.need(at.shape_of(0)[0] == at.shape_of(0)[1], "unequal axes")?;
    Ok(x)
}

fn norm<'g, F: Number>(at: &At<'_, 'g, '_, F>) -> Answer<Tensor<'g, F>> {
    let (x, axes, ord) = (at.arg(0)?, at.axes(), at.get::<f64>("ord"));
    let keeps: bool = at.get("keepdims");
    let is_whole = axes.len() == at.rank(0) && !keeps;
    let axes = at.integers(&axes)?;
    at.need(ord.is_finite(), "an infinite order")?;
    Ok(match (at.rank(0), at.pick(4)) {
        (_, 0) if is_whole && ord == 2.0 => ops::frobenius_norm(x),
        (2, 1) if is_whole && ord == 2.0 => ops::norm_frobenius(&x),
        (2, 2) if is_whole && ord == 2.0 => ops::normfro(&x),
        (_, 0..3) if ord == 2.0 => ops::l2_norm(x, &axes, keeps),
        (_, 0..3) if ord == 1.0 => ops::l1_norm(x, &axes, keeps),
        _ => ops::lp_norm(x, number(ord), &axes, keeps),
    })
}

fn rows<'g, 'e, F: Number>() -> Vec<Row<Scirs<'g, 'e, F>>> {
    [
        lazy!(Scirs<'g, 'e, F>),
        of_one(),
        of_two(),
        reductions(),
        layout(),
        matrices(),
        images(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Functions of one number.
fn of_one<'g, 'e, F: Number>() -> Vec<Row<Scirs<'g, 'e, F>>> {
    vec![
        ("neg", |at| match at.pick(2) {
            0 => unary!(at, x => ops::neg(x)),
            _ => unary!(at, x => ops::inplace_neg(&x)),
        }),
        ("abs", |at| match at.pick(2) {
            0 => unary!(at, x => ops::abs(x)),
            _ => unary!(at, x => ops::inplace_abs(&x)),
        }),
        ("sigmoid", |at| match at.pick(2) {
            0 => unary!(at, x => ops::sigmoid(x)),
            _ => unary!(at, x => ops::simd_sigmoid(&x)),
        }),
        ("relu", |at| match at.pick(2) {
            0 => unary!(at, x => ops::relu(x)),
            _ => unary!(at, x => ops::simd_relu(&x)),
        }),
        ("relu6", |at| unary!(at, x => ops::relu6(x))),
        ("hard_tanh", |at| unary!(at, x => ops::hard_tanh(x))),
        ("gelu_tanh", |at| unary!(at, x => ops::gelu(x))),
        ("silu", |at| unary!(at, x => ops::swish(x))),
        ("mish", |at| unary!(at, x => ops::mish(x))),
        ("lgamma", |at| unary!(at, x => F::lgamma(x))),
        ("digamma", |at| unary!(at, x => F::digamma(x))),
    ]
}

/// Functions of two numbers and of three.
fn of_two<'g, 'e, F: Number>() -> Vec<Row<Scirs<'g, 'e, F>>> {
    vec![
        (
            "add",
            |at| operator!(at, +, ops::add, ops::broadcast_add, ops::inplace_add, ops::simd_add),
        ),
        (
            "sub",
            |at| operator!(at, -, ops::sub, ops::broadcast_sub, ops::inplace_sub),
        ),
        (
            "mul",
            |at| operator!(at, *, ops::mul, ops::broadcast_mul, ops::inplace_mul, ops::simd_mul),
        ),
        (
            "div",
            |at| operator!(at, /, ops::div, ops::broadcast_div, ops::inplace_div),
        ),
        ("pow", |at| binary!(at, x, z => ops::broadcast_pow(&x, &z))),
        ("max", |at| {
            matched!(at, ops::maximum, ops::broadcast_maximum)
        }),
        ("min", |at| {
            matched!(at, ops::minimum, ops::broadcast_minimum)
        }),
        ("gt", |at| compared!(at, ops::greater)),
        ("ge", |at| compared!(at, ops::greater_equal)),
        ("lt", |at| compared!(at, ops::lesser)),
        ("le", |at| compared!(at, ops::lesser_equal)),
        ("eq", |at| compared!(at, ops::equal)),
        ("ne", |at| compared!(at, ops::not_equal)),
        ("where", |at| {
            at.need(at.is_even(), "operands that broadcast")?;
            let (condition, yes, no) = (at.arg(0)?, at.arg(1)?, at.arg(2)?);
            Ok(ops::where_op(&condition, &yes, &no))
        }),
    ]
}

/// Reductions.
fn reductions<'g, 'e, F: Number>() -> Vec<Row<Scirs<'g, 'e, F>>> {
    vec![
        ("std", |at| {
            at.need(at.get::<usize>("ddof") == 0, "ddof other than 0")?;
            let (axes, keeps) = (at.integers(&at.axes())?, at.get("keepdims"));
            unary!(at, x => ops::reduce_std(x, &axes, keeps))
        }),
        ("norm", norm),
    ]
}

/// Layout and places.
fn layout<'g, 'e, F: Number>() -> Vec<Row<Scirs<'g, 'e, F>>> {
    vec![
        ("reshape", reshape),
        ("transpose", transpose),
        ("slice", slice),
        ("concat", |at| {
            let parts = (0..at.count())
                .map(|i| at.arg(i))
                .collect::<Answer<Vec<_>>>()?;
            Ok(match at.pick(2) {
                0 => ops::concat(&parts, at.axis() as isize),
                _ => ops::efficient_concat(&parts.iter().collect::<Vec<_>>(), at.axis()),
            })
        }),
        ("take", |at| take(at, at.axis())),
        ("embedding", |at| take(at, 0)),
    ]
}

/// Matrices.
fn matrices<'g, 'e, F: Number>() -> Vec<Row<Scirs<'g, 'e, F>>> {
    vec![
        ("diag", |at| {
            at.need(at.get::<i64>("k") == 0, "another diagonal")?;
            at.need(at.rank(0) == 1 || square(at).is_ok(), "unequal axes")?;
            match (at.rank(0), at.pick(2)) {
                (1, 0) => unary!(at, x => ops::diag(x)),
                (1, _) => unary!(at, x => ops::linalg_diag(&x)),
                (_, 0) => unary!(at, x => ops::extract_diag(x)),
                _ => unary!(at, x => ops::linalg_extract_diag(&x)),
            }
        }),
        ("trace", |at| {
            at.need(at.get::<i64>("offset") == 0, "an offset")?;
            let x = square(at)?;
            Ok(match at.pick(2) {
                0 => ops::trace(x),
                _ => ops::linalg_trace(&x),
            })
        }),
        ("tril", |at| {
            // it counts diagonals downwards, and triu upwards
            Ok(ops::tril(&matrix(at)?, -at.get::<i64>("k") as i32))
        }),
        ("triu", |at| {
            Ok(ops::triu(&matrix(at)?, at.get::<i64>("k") as i32))
        }),
        ("matmul", matmul),
        (
            "dot",
            |at| binary!(at, x, z => ops::einsum("i,i->", &[&x, &z])),
        ),
        ("outer", |at| {
            let are_vectors = at.rank(0) == 1 && at.rank(1) == 1;
            at.need(are_vectors, "other than two vectors")?;
            binary!(at, x, z => ops::einsum("i,j->ij", &[&x, &z]))
        }),
        ("einsum", |at| {
            let equation = at.get::<String>("equation").replace(' ', "");
            let (_, result) = equation.split_once("->").unwrap_or_default();
            let letters: BTreeSet<char> = result.chars().collect();
            let is_plain = equation.contains("->") && !equation.contains('.');
            at.need(
                is_plain && at.count() == 2,
                "an ellipsis, or other than two operands",
            )?;
            at.need(
                letters.len() == result.len(),
                "a letter twice in the result",
            )?;
            let (x, z) = (at.arg(0)?, at.arg(1)?);
            Ok(ops::einsum(&equation, &[&x, &z]))
        }),
        ("kron", |at| {
            let is_flat = at.rank(0) == 2 && at.rank(1) == 2;
            at.need(is_flat, "other than two matrices")?;
            binary!(at, x, z => ops::kron(&x, &z))
        }),
        ("det", |at| {
            let x = matrix(at)?;
            Ok(match at.pick(2) {
                0 => ops::determinant(x),
                _ => ops::det(&x),
            })
        }),
        ("inv", |at| {
            let x = matrix(at)?;
            Ok(match at.pick(2) {
                0 => ops::matrix_inverse(x),
                _ => ops::matinv(&x),
            })
        }),
        ("slogdet", |at| {
            let x = matrix(at)?;
            Ok(match at.pick(2) {
                0 => ops::slogdet(&x).1,
                _ => ops::logdet(&x),
            })
        }),
        ("solve", |at| {
            at.need(at.rank(1) <= 2, "a batch")?;
            let (a, b) = (matrix(at)?, at.arg(1)?);
            Ok(match at.pick(2) {
                0 => ops::solve(a, b),
                _ => ops::linalg_solve(&a, &b),
            })
        }),
        ("cholesky", |at| {
            let factor = ops::cholesky(&ops::symmetrize(&matrix(at)?));
            Ok(match at.get::<bool>("lower") {
                true => factor,
                false => ops::transpose(factor, &[1, 0]),
            })
        }),
        ("svdvals", |at| match at.pick(2) {
            0 => Ok(ops::svd(matrix(at)?).1),
            _ => Ok(ops::decomp_svd(&matrix(at)?).1),
        }),
        ("qr_q", |at| {
            let (q, _, signs) = factors(at)?;
            let signs = at.library.leaf(&[1, signs.len()], &signs, false)?;
            Ok(q * signs)
        }),
        ("qr_r", |at| {
            let (_, r, signs) = factors(at)?;
            let signs = at.library.leaf(&[signs.len(), 1], &signs, false)?;
            Ok(r * signs)
        }),
        ("pinv", |at| Ok(ops::pinv(&matrix(at)?))),
        ("expm", |at| {
            let a = matrix(at)?;
            Ok(match at.pick(3) {
                0 => ops::matrix_exp(&a),
                1 => ops::expm2(&a),
                _ => ops::expm3(&a),
            })
        }),
        ("matrix_power", |at| {
            Ok(ops::matrix_power(&matrix(at)?, at.get::<i64>("n") as f64))
        }),
    ]
}

/// Images, and the rest.
fn images<'g, 'e, F: Number>() -> Vec<Row<Scirs<'g, 'e, F>>> {
    vec![
        ("conv_transpose2d", |at| {
            let is_plain = at.get::<usize>("groups") == 1 && at.size("output_padding", 2)? == 0;
            at.need(is_plain, "groups or output_padding")?;
            at.need(at.size("dilation", 2)? == 1, "dilation")?;
            let (stride, padding) = (at.size("stride", 2)?, at.size("padding", 2)?);
            binary!(at, x, w => ops::conv2d_transpose(x, w, padding, stride))
        }),
        ("stop_gradient", |at| match at.pick(2) {
            0 => unary!(at, x => ops::stop_gradient(x)),
            _ => unary!(at, x => ops::detach(&x)),
        }),
    ]
}
