//! autograd (raskr): lazy tensors in a graph of their own; the gradient is more of that graph, and nothing is computed
//! before it is asked for.

use super::{VERSION, library};
use crate::adapter::{self, Adapter, Answer, Library, Read, Row, Site, failed, unsupported};
use library::ndarray::{ArrayD, IxDyn};
use library::{Context, Float, Tensor, VariableEnvironment, tensor_ops as ops};
use secant::engine::{Engine, EngineError, Evaluation, Want};
use secant::{Case, Dtype};
use std::panic::{AssertUnwindSafe, catch_unwind};

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

fn array<F: Float>(shape: &[usize], data: &[f64]) -> ArrayD<F> {
    let data = data.iter().filter_map(|&x| F::from(x)).collect();
    ArrayD::from_shape_vec(IxDyn(shape), data).expect("as many elements as the shape says")
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
        Ok(Read {
            shape: array.shape().to_vec(),
            data: array
                .iter()
                .map(|x| x.to_f64().unwrap_or(f64::NAN))
                .collect(),
        })
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
        let mut loss = ops::scalar(F::zero(), self.ctx);
        for (y, cotangent) in outputs {
            let cotangent = array(cotangent.shape(), &cotangent.to_vec());
            loss = loss + ops::sum_all(*y * ops::convert_to_tensor(cotangent, self.ctx));
        }
        let read = |x: &Tensor<'g, F>| {
            // it panics where there is no way from the loss to the variable
            let gradient = catch_unwind(AssertUnwindSafe(|| ops::grad(&[loss], &[*x])[0]));
            gradient
                .ok()
                .map(|gradient| self.read(&gradient))
                .transpose()
        };
        params.iter().map(read).collect()
    }
}

type At<'a, 'g, 'e, 'n, F> = Site<'a, Autograd<'g, 'e, 'n, F>>;

/// Integers as the tensors that the engine takes for axes and shapes.
fn integers<'g, F: Float>(at: &At<'_, 'g, '_, '_, F>, numbers: &[usize]) -> Tensor<'g, F> {
    let data: Vec<f64> = numbers.iter().map(|&n| n as f64).collect();
    ops::convert_to_tensor(array(&[numbers.len()], &data), at.library.ctx)
}

fn number<F: Float>(x: f64) -> F {
    F::from(x).expect("a float holds it, if rounded")
}

macro_rules! unary {
    ($at:ident, $x:ident => $body:expr) => {{
        let $x = $at.arg(0)?;
        Ok($body)
    }};
}

macro_rules! binary {
    ($at:ident, $x:ident, $z:ident => $body:expr) => {{
        let ($x, $z) = ($at.arg(0)?, $at.arg(1)?);
        // sizes of 1 broadcast, and numbers; other ranks must match
        let (a, b) = ($at.rank(0), $at.rank(1));
        $at.need(a == b || a == 0 || b == 0, "different ranks")?;
        Ok($body)
    }};
}

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

/// A reduction over the axes of the attribute.
macro_rules! reduced {
    ($at:ident, $function:path, $method:ident) => {{
        let axes = integers($at, &$at.axes());
        let keeps: bool = $at.get("keepdims");
        match $at.pick(2) {
            0 => unary!($at, x => $function(x, &axes, keeps)),
            _ => unary!($at, x => x.$method(&axes, keeps)),
        }
    }};
}

fn slice<'g, F: Float>(at: &At<'_, 'g, '_, '_, F>) -> Answer<Tensor<'g, F>> {
    let entries = |name: &str| at.get::<Option<Vec<Option<i64>>>>(name).unwrap_or_default();
    let is_plain = entries("step").into_iter().flatten().all(|step| step == 1);
    at.need(is_plain, "a step other than 1")?;
    let given = entries("start");
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    for axis in 0..at.rank(0) {
        let (size, length) = (at.shape_of(0)[axis] as i64, at.shape[axis] as i64);
        let start = given.get(axis).copied().flatten().unwrap_or(0);
        let start = if start < 0 { start + size } else { start }.clamp(0, size - length);
        starts.push(start as isize);
        // an end of -1 is the end of the axis
        ends.push(if start + length == size {
            -1
        } else {
            start + length
        } as isize);
    }
    Ok(ops::slice(at.arg(0)?, &starts, &ends))
}

fn take<'g, F: Float>(at: &At<'_, 'g, '_, '_, F>, axis: usize) -> Answer<Tensor<'g, F>> {
    let places = at.index(1, at.shape_of(0)[axis])?;
    let data: Vec<f64> = places.into_iter().map(|place| place as f64).collect();
    let index = ops::convert_to_tensor(array(at.shape_of(1), &data), at.library.ctx);
    let from_the_end = axis as isize - at.rank(0) as isize;
    Ok(match at.pick(3) {
        0 => ops::gather(at.arg(0)?, index, axis as isize),
        1 => ops::gather_common(at.arg(0)?, index, axis as isize),
        _ => ops::gather(at.arg(0)?, index, from_the_end),
    })
}

fn rows<'g, 'e, 'n, F: Float>() -> Vec<Row<Autograd<'g, 'e, 'n, F>>> {
    vec![
        ("neg", |at| unary!(at, x => ops::neg(x))),
        ("abs", |at| unary!(at, x => ops::abs(x))),
        ("sign", |at| unary!(at, x => ops::sign(x))),
        ("square", |at| match at.pick(2) {
            0 => unary!(at, x => ops::square(x)),
            _ => unary!(at, x => ops::pow(x, number(2.0))),
        }),
        ("cube", |at| unary!(at, x => ops::pow(x, number(3.0)))),
        ("recip", |at| match at.pick(2) {
            0 => unary!(at, x => ops::inv(x)),
            _ => unary!(at, x => 1.0_f64 / x),
        }),
        ("sqrt", |at| match at.pick(2) {
            0 => unary!(at, x => ops::sqrt(x)),
            _ => unary!(at, x => ops::pow(x, number(0.5))),
        }),
        ("rsqrt", |at| unary!(at, x => ops::inv_sqrt(x))),
        ("exp", |at| unary!(at, x => ops::exp(x))),
        ("exp2", |at| unary!(at, x => ops::exp2(x))),
        ("exp10", |at| unary!(at, x => ops::exp10(x))),
        ("log", |at| unary!(at, x => ops::ln(x))),
        ("log2", |at| unary!(at, x => ops::log2(x))),
        ("log10", |at| unary!(at, x => ops::log10(x))),
        ("sin", |at| unary!(at, x => ops::sin(x))),
        ("cos", |at| unary!(at, x => ops::cos(x))),
        ("tan", |at| unary!(at, x => ops::tan(x))),
        ("asin", |at| unary!(at, x => ops::asin(x))),
        ("acos", |at| unary!(at, x => ops::acos(x))),
        ("atan", |at| unary!(at, x => ops::atan(x))),
        ("sinh", |at| unary!(at, x => ops::sinh(x))),
        ("cosh", |at| unary!(at, x => ops::cosh(x))),
        ("tanh", |at| unary!(at, x => ops::tanh(x))),
        ("asinh", |at| unary!(at, x => ops::asinh(x))),
        ("acosh", |at| unary!(at, x => ops::acosh(x))),
        ("atanh", |at| unary!(at, x => ops::atanh(x))),
        ("floor", |at| unary!(at, x => ops::floor(x))),
        ("ceil", |at| unary!(at, x => ops::ceil(x))),
        ("sigmoid", |at| unary!(at, x => ops::sigmoid(x))),
        (
            "elu",
            |at| unary!(at, x => ops::elu(x, number(at.get("alpha")))),
        ),
        ("relu", |at| unary!(at, x => ops::relu(x))),
        (
            "leaky_relu",
            |at| unary!(at, x => ops::leaky_relu(x, number(at.get("slope")))),
        ),
        ("softplus", |at| unary!(at, x => ops::softplus(x))),
        (
            "powc",
            |at| unary!(at, x => ops::pow(x, number(at.get("exponent")))),
        ),
        (
            "powi",
            |at| unary!(at, x => ops::pow(x, number(at.get::<i64>("n") as f64))),
        ),
        (
            "clamp",
            |at| unary!(at, x => ops::clip(x, number(at.get("lo")), number(at.get("hi")))),
        ),
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
        ("sum", |at| {
            match at.shape.rank() == 0 && at.axes().len() == at.rank(0) && at.pick(3) == 0 {
                true => unary!(at, x => ops::sum_all(x)),
                false => reduced!(at, ops::reduce_sum, reduce_sum),
            }
        }),
        ("mean", |at| {
            match at.shape.rank() == 0 && at.axes().len() == at.rank(0) && at.pick(3) == 0 {
                true => unary!(at, x => ops::mean_all(x)),
                false => reduced!(at, ops::reduce_mean, reduce_mean),
            }
        }),
        ("prod", |at| reduced!(at, ops::reduce_prod, reduce_prod)),
        ("max_reduce", |at| reduced!(at, ops::reduce_max, reduce_max)),
        ("min_reduce", |at| reduced!(at, ops::reduce_min, reduce_min)),
        ("var", |at| {
            at.need(at.get::<usize>("ddof") == 0, "ddof other than 0")?;
            reduced!(at, ops::reduce_variance, reduce_variance)
        }),
        ("logsumexp", |at| {
            let axes = at.axes();
            at.need(axes.len() == 1, "several axes")?;
            unary!(at, x => ops::reduce_logsumexp(x, axes[0] as isize, at.get("keepdims")))
        }),
        (
            "argmax",
            |at| unary!(at, x => ops::argmax(x, at.axis() as isize, false)),
        ),
        (
            "argmin",
            |at| unary!(at, x => ops::argmin(x, at.axis() as isize, false)),
        ),
        (
            "softmax",
            |at| unary!(at, x => ops::softmax(x, at.axis() as isize)),
        ),
        (
            "log_softmax",
            |at| unary!(at, x => ops::log_softmax(x, at.axis() as isize)),
        ),
        ("reshape", |at| match at.pick(2) {
            0 if at.shape.rank() == 1 => unary!(at, x => ops::flatten(x)),
            _ => {
                let shape = integers(at, at.shape);
                unary!(at, x => ops::reshape(x, &shape))
            }
        }),
        ("transpose", |at| {
            let rank = at.rank(0);
            let perm = match at.get::<Option<Vec<i64>>>("perm") {
                Some(perm) => perm
                    .into_iter()
                    .map(|k| k.rem_euclid(rank as i64) as usize)
                    .collect(),
                None => (0..rank).rev().collect::<Vec<_>>(),
            };
            let perm = integers(at, &perm);
            unary!(at, x => ops::transpose(x, &perm))
        }),
        ("squeeze", |at| {
            let axes: Vec<i64> = at.get("axes");
            let axes = at.shape_of(0).axes(Some(&axes)).unwrap_or_default();
            let axes = integers(at, &axes);
            unary!(at, x => ops::squeeze(x, &axes))
        }),
        ("unsqueeze", |at| {
            let axes: Vec<i64> = at.get("axes");
            let mut axes = at.shape.axes(Some(&axes)).unwrap_or_default();
            axes.sort_unstable();
            let axes = integers(at, &axes);
            unary!(at, x => ops::expand_dims(x, &axes))
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
        ("conv2d", |at| {
            at.need(at.get::<usize>("groups") == 1, "groups")?;
            let (stride, padding) = (at.size("stride", 2)?, at.size("padding", 2)?);
            match (at.size("dilation", 2)?, at.pick(2)) {
                (1, 0) => binary!(at, x, w => ops::conv2d(x, w, padding, stride)),
                (dilation, _) => {
                    binary!(at, x, w => ops::dilated_conv2d(x, w, padding, stride, dilation))
                }
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
        ("max_pool2d", |at| {
            let (size, stride) = (at.size("kernel", 2)?, at.size("stride", 2)?);
            let padding = at.size("padding", 2)?;
            unary!(at, x => ops::max_pool2d(x, size, padding, stride))
        }),
        ("stop_gradient", |at| unary!(at, x => ops::stop_gradient(x))),
    ]
}
