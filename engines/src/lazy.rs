//! What autograd (raskr) and scirs2-autograd share, which goes on from it: lazy tensors in a graph of their own, and functions
//! of the same names. The macros speak of the engine as it is called where they are used: `ops`, `array`, `Tensor`.

use crate::adapter::Range;
use secant::tensor::Shape;

/// The starts and the ends of a slice that walks forwards; an end of -1 is the end of the axis.
pub(crate) fn bounds(shape: &Shape, ranges: &[Range]) -> (Vec<isize>, Vec<isize>) {
    let bound = |(range, &size): (&Range, &usize)| match range.end() {
        end if end == size => (range.start as isize, -1),
        end => (range.start as isize, end as isize),
    };
    ranges.iter().zip(shape.iter()).map(bound).unzip()
}

/// How numbers come in and out, for elements of the trait `$Number`.
macro_rules! conversions {
    ($Number:ident) => {
        fn array<F: $Number>(shape: &[usize], data: &[f64]) -> ArrayD<F> {
            let data = data.iter().filter_map(|&x| F::from(x)).collect();
            ArrayD::from_shape_vec(IxDyn(shape), data).expect("as many elements as the shape says")
        }

        fn number<F: $Number>(x: f64) -> F {
            F::from(x).expect("a float holds it, if rounded")
        }

        fn told<F: $Number>(array: &ArrayD<F>) -> Read {
            let data = array.iter().map(|x| x.to_f64().unwrap_or(f64::NAN));
            Read {
                shape: array.shape().to_vec(),
                data: data.collect(),
            }
        }
    };
}
pub(crate) use conversions;

/// What is differentiated: the sum of the outputs, each against its cotangent.
macro_rules! loss {
    ($ctx:expr, $outputs:expr) => {{
        let mut loss = ops::scalar(F::zero(), $ctx);
        for (y, cotangent) in $outputs {
            let cotangent = array(cotangent.shape(), &cotangent.to_vec());
            loss = loss + ops::sum_all(*y * ops::convert_to_tensor(cotangent, $ctx));
        }
        loss
    }};
}
pub(crate) use loss;

/// A function of the first operand.
macro_rules! unary {
    ($at:ident, $x:ident => $body:expr) => {{
        let $x = $at.arg(0)?;
        Ok($body)
    }};
}
pub(crate) use unary;

/// A function of two operands.
macro_rules! binary {
    ($at:ident, $x:ident, $z:ident => $body:expr) => {{
        let ($x, $z) = ($at.arg(0)?, $at.arg(1)?);
        // sizes of 1 broadcast, and numbers; other ranks must match
        let (a, b) = ($at.rank(0), $at.rank(1));
        $at.need(a == b || a == 0 || b == 0, "different ranks")?;
        Ok($body)
    }};
}
pub(crate) use binary;

/// A reduction over the axes of the attribute.
macro_rules! reduced {
    ($at:ident, $function:path, $method:ident) => {{
        let axes = $at.integers(&$at.axes())?;
        let keeps: bool = $at.get("keepdims");
        match $at.pick(2) {
            0 => unary!($at, x => $function(x, &axes, keeps)),
            _ => unary!($at, x => x.$method(&axes, keeps)),
        }
    }};
}
pub(crate) use reduced;

/// The functions that both have, in the same spellings.
macro_rules! lazy {
    ($L:ty) => {{
        let rows: Vec<Row<$L>> = vec![
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
            (
                "elu",
                |at| unary!(at, x => ops::elu(x, number(at.get("alpha")))),
            ),
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
            ("sum", |at| {
                match at.takes_all(3) {
                    true => unary!(at, x => ops::sum_all(x)),
                    false => reduced!(at, ops::reduce_sum, reduce_sum),
                }
            }),
            ("mean", |at| {
                match at.takes_all(3) {
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
            ("squeeze", |at| {
                let axes: Vec<i64> = at.get("axes");
                let axes = at.shape_of(0).axes(Some(&axes)).unwrap_or_default();
                let axes = at.integers(&axes)?;
                unary!(at, x => ops::squeeze(x, &axes))
            }),
            ("unsqueeze", |at| {
                let axes: Vec<i64> = at.get("axes");
                let mut axes = at.shape.axes(Some(&axes)).unwrap_or_default();
                axes.sort_unstable();
                let axes = at.integers(&axes)?;
                unary!(at, x => ops::expand_dims(x, &axes))
            }),
            ("tensordot", |at| {
                use secant::op::Pairs;
                let (a, b) = match at.get("axes") {
                    Pairs::Count(n) => {
                        let from = at.rank(0) - n;
                        ((from..at.rank(0)).collect(), (0..n).collect())
                    }
                    Pairs::Axes(a, b) => {
                        let of = |i: usize, axes: &[i64]| -> Vec<usize> {
                            let shape = at.shape_of(i);
                            axes.iter().flat_map(|&axis| shape.axis(axis)).collect()
                        };
                        (of(0, &a), of(1, &b))
                    }
                };
                let (a, b) = (at.integers(&a)?, at.integers(&b)?);
                Ok(ops::tensordot(at.arg(0)?, at.arg(1)?, &a, &b))
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
            ("max_pool2d", |at| {
                let (size, stride) = (at.size("kernel", 2)?, at.size("stride", 2)?);
                let padding = at.size("padding", 2)?;
                unary!(at, x => ops::max_pool2d(x, size, padding, stride))
            }),
        ];
        rows
    }};
}
pub(crate) use lazy;
