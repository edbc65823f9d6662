//! autograd (raskr): lazy tensors in a graph of their own; the gradient is more of that graph, and nothing is computed
//! before it is asked for.

use super::{VERSION, library};
use crate::adapter::{self, Adapter, Answer, Library, Read, Row, Site, failed, unsupported};
use crate::lazy::{binary, bounds, conversions, lazy, loss, reduced, unary};
use library::ndarray::{ArrayD, IxDyn};
use library::{Context, Float, Tensor, VariableEnvironment, tensor_ops as ops};
use secant::engine::{Engine, EngineError, Evaluation, Want};
use secant::{Case, Dtype};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// The engine.
pub(crate) fn open(name: &'static str) -> Box<dyn Engine> {
    let both = [Dtype::F32, Dtype::F64];
    Adapter::engine::<Autograd<'static, 'static, 'static, f64>>(
        name,
        VERSION,
        &both,
        |case, want| match case.dtype {
            Dtype::F32 => evaluate::<f32>(case, want),
            Dtype::F64 => evaluate::<f64>(case, want),
        },
    )
}

fn evaluate<F: Float>(case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
    let mut env = VariableEnvironment::<F>::new();
    // variables are made before the graph that they are used in
    let params = case.params.values().map(|x| {
        let array = array::<F>(x.shape(), &x.to_vec());
        env.slot().set(array)
    });
    let params: Vec<_> = params.collect();
    env.run(|ctx| {
        let library = Autograd {
            ctx,
            params: params.iter().map(|&id| ctx.variable_by_id(id)).collect(),
            given: Default::default(),
        };
        adapter::run(&library, case, want)
    })
}

conversions!(Float);

/// What it panics with where no gradient comes to the one variable that is asked for, since it has no answer for that: no way
/// leads there from the loss, or every way goes over a function without a derivative, and `add_n` is given none to add.
const NO_GRADIENT: [&str; 2] = [
    "Variable at 0 not differentiable",
    "assertion `left != right` failed\n  left: 0\n right: 0",
];

fn is_no_gradient(panic: &dyn Any) -> bool {
    let words = panic.downcast_ref::<String>();
    words.is_some_and(|words| NO_GRADIENT.contains(&words.as_str()))
}

struct Autograd<'g, 'e, 'n, F: Float> {
    ctx: &'g Context<'e, 'n, F>,
    /// The parameters, in the order in which the base asks for them.
    params: Vec<Tensor<'g, F>>,
    given: std::cell::Cell<usize>,
}

impl<'g, 'e, 'n, F: Float> Library for Autograd<'g, 'e, 'n, F> {
    type Tensor = Tensor<'g, F>;

    fn rows() -> Vec<Row<Self>> {
        rows()
    }

    fn leaf(&self, shape: &[usize], data: &[f64], is_param: bool) -> Answer<Tensor<'g, F>> {
        if !is_param {
            return Ok(ops::convert_to_tensor(array(shape, data), self.ctx));
        }
        let place = self.given.get();
        self.given.set(place + 1);
        Ok(self.params[place])
    }

    fn read(&self, x: &Tensor<'g, F>) -> Answer<Read> {
        let array = x.eval(self.ctx).map_err(failed)?;
        Ok(told(&array))
    }

    fn view(&self, x: &Tensor<'g, F>, way: u64) -> Answer<Tensor<'g, F>> {
        Ok(match way % 2 {
            0 => ops::identity(x),
            _ => *x,
        })
    }

    fn gradient(
        &self,
        outputs: &[(Tensor<'g, F>, secant::Tensor<f64>)],
        params: &[Tensor<'g, F>],
    ) -> Answer<Vec<Option<Read>>> {
        let loss = loss!(self.ctx, outputs);
        let read = |x: &Tensor<'g, F>| {
            let gradient = catch_unwind(AssertUnwindSafe(|| ops::grad(&[loss], &[*x])[0]));
            match gradient {
                Ok(gradient) => Ok(Some(self.read(&gradient)?)),
                Err(panic) if is_no_gradient(&*panic) => Ok(None),
                // any other is a fault of the engine's, and is told as one
                Err(panic) => resume_unwind(panic),
            }
        };
        params.iter().map(read).collect()
    }
}

type At<'a, 'g, 'e, 'n, F> = Site<'a, Autograd<'g, 'e, 'n, F>>;

macro_rules! operator {
    ($at:ident, $op:tt, $function:path) => {{
        if let (Some(z), 0) = ($at.number(1), $at.pick(2)) {
            return Ok($at.arg(0)? $op number::<F>(z));
        }
        if let (Some(x), 0) = ($at.number(0), $at.pick(2)) {
            return Ok(x $op $at.arg(1)?);
        }
        match $at.pick(2) {
            0 => binary!($at, x, z => x $op z),
            _ => binary!($at, x, z => $function(x, z)),
        }
    }};
}

/// A function of two tensors of one rank, that broadcasts sizes of 1.
macro_rules! matched {
    ($at:ident, $function:path) => {{
        let (x, z) = ($at.shape_of(0), $at.shape_of(1));
        $at.need(x.rank() == z.rank(), "different ranks")?;
        $at.need(x.count() <= z.count(), "a left operand that is larger")?;
        binary!($at, x, z => $function(x, z))
    }};
}

fn slice<'g, F: Float>(at: &At<'_, 'g, '_, '_, F>) -> Answer<Tensor<'g, F>> {
    let (starts, ends) = bounds(at.shape_of(0), &at.spans()?);
    Ok(ops::slice(at.arg(0)?, &starts, &ends))
}

fn take<'g, F: Float>(at: &At<'_, 'g, '_, '_, F>, axis: usize) -> Answer<Tensor<'g, F>> {
    let index = at.places(1, at.shape_of(0)[axis])?;
    let from_the_end = axis as isize - at.rank(0) as isize;
    Ok(match at.pick(3) {
        0 => ops::gather(at.arg(0)?, index, axis as isize),
        1 => ops::gather_common(at.arg(0)?, index, axis as isize),
        _ => ops::gather(at.arg(0)?, index, from_the_end),
    })
}

fn rows<'g, 'e, 'n, F: Float>() -> Vec<Row<Autograd<'g, 'e, 'n, F>>> {
    let own: Vec<Row<Autograd<'g, 'e, 'n, F>>> = vec![
        ("neg", |at| unary!(at, x => ops::neg(x))),
        ("abs", |at| unary!(at, x => ops::abs(x))),
        ("sigmoid", |at| unary!(at, x => ops::sigmoid(x))),
        ("relu", |at| unary!(at, x => ops::relu(x))),
        ("add", |at| operator!(at, +, ops::add)),
        ("sub", |at| operator!(at, -, ops::sub)),
        ("mul", |at| operator!(at, *, ops::mul)),
        ("div", |at| operator!(at, /, ops::div)),
        ("max", |at| matched!(at, ops::maximum)),
        ("min", |at| matched!(at, ops::minimum)),
        ("gt", |at| matched!(at, ops::greater)),
        ("ge", |at| matched!(at, ops::greater_equal)),
        ("lt", |at| matched!(at, ops::lesser)),
        ("le", |at| matched!(at, ops::lesser_equal)),
        ("eq", |at| matched!(at, ops::equal)),
        ("ne", |at| matched!(at, ops::not_equal)),
        ("reshape", |at| match at.pick(2) {
            0 if at.shape.rank() == 1 => unary!(at, x => ops::flatten(x)),
            _ => {
                let shape = at.integers(at.shape)?;
                unary!(at, x => ops::reshape(x, &shape))
            }
        }),
        ("transpose", |at| {
            let perm = at.integers(&at.perm())?;
            unary!(at, x => ops::transpose(x, &perm))
        }),
        ("tile", |at| {
            let reps: Vec<usize> = at.get("reps");
            at.need(reps.len() <= at.rank(0), "more axes")?;
            let mut y = at.arg(0)?;
            for (axis, &times) in reps.iter().rev().enumerate() {
                if times != 1 {
                    y = ops::tile(y, (at.rank(0) - 1 - axis) as isize, times);
                }
            }
            Ok(y)
        }),
        ("slice", slice),
        ("concat", |at| {
            let parts = (0..at.count())
                .map(|i| at.arg(i))
                .collect::<Answer<Vec<_>>>()?;
            Ok(ops::concat(&parts, at.axis() as isize))
        }),
        ("take", |at| take(at, at.axis())),
        ("embedding", |at| take(at, 0)),
        ("matmul", |at| {
            let (x, z) = (at.arg(0)?, at.arg(1)?);
            match (at.rank(0), at.rank(1)) {
                (2, 2) => Ok(ops::matmul(x, z)),
                (..2, _) => unsupported("matmul of a vector"),
                (a, b) if a == b && at.shape_of(0)[..a - 2] == at.shape_of(1)[..a - 2] => {
                    Ok(ops::batch_matmul(x, z))
                }
                _ => unsupported("matmul of these ranks"),
            }
        }),
        ("conv_transpose2d", |at| {
            let is_plain = at.get::<usize>("groups") == 1 && at.size("output_padding", 2)? == 0;
            at.need(is_plain, "groups or output_padding")?;
            let (stride, padding) = (at.size("stride", 2)?, at.size("padding", 2)?);
            match (at.size("dilation", 2)?, at.pick(2)) {
                (1, 0) => binary!(at, x, w => ops::conv2d_transpose(x, w, padding, stride)),
                (dilation, _) => {
                    binary!(at, x, w => ops::dilated_conv2d_transpose(x, w, padding, stride, dilation))
                }
            }
        }),
        ("stop_gradient", |at| unary!(at, x => ops::stop_gradient(x))),
    ];
    [lazy!(Autograd<'g, 'e, 'n, F>), own].concat()
}
