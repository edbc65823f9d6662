//! Operations of neural networks: softmax and the loss on it, dropout, and the stop of a gradient.
//!
//! Exponentials are taken of differences from the largest element, which is a constant to the derivative. Their sum is
//! 1 + a rest, and the rest is what the logarithm is taken of: log(1 + rest) without losing a small rest to the 1.

use super::attr::word_attribute;
use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn, GOLDEN_GAMMA, Request, splitmix64};
use super::primitive::{DomainError, Linearity, Primitive};
use super::reduce::{kept, sum_kept};
use super::{CrossEntropy, Dropout, LogSoftmax, Softmax, StopGradient};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

word_attribute! {
    /// What becomes of the losses of a batch.
    Reduction: "\"mean\", \"sum\" or \"none\"" {
        /// Their mean.
        Mean = "mean",
        /// Their sum.
        Sum = "sum",
        /// All of them.
        None = "none",
    }
}

/// The largest of a lane as a plain number: NaN if there is one, -inf of nothing.
fn peak<T: Real>(lane: &[T]) -> f64 {
    let values = lane.iter().map(|x| x.to_f64());
    values.fold(
        f64::NEG_INFINITY,
        |m, x| {
            if x > m || x.is_nan() { x } else { m }
        },
    )
}

/// The logarithm of the sum of e^x in two parts, of which the first is a constant: a shift near the largest element, as
/// `choose` makes it of that one, and the logarithm of the sum of the shifted exponentials.
pub(super) fn log_normalizer<T: Real>(lane: &[T], choose: impl Fn(f64) -> f64) -> (T, T) {
    let largest = peak(lane);
    let shift = T::of(choose(largest));
    // 1 of the sum is the largest element's, for which e^d - 1 is added to the rest: 0, but for its derivative
    let place = lane.iter().position(|x| x.to_f64() == largest);
    let terms: Vec<T> = lane
        .iter()
        .enumerate()
        .map(|(k, &x)| {
            if Some(k) == place {
                (x - shift).expm1()
            } else {
                (x - shift).exp()
            }
        })
        .collect();
    (shift, T::sum(&terms).log1p())
}

/// Writes e^x over its sum.
pub(super) fn softmax_lane<T: Real>(from: &[T], to: &mut [T]) {
    let shift = T::of(peak(from));
    for (x, e) in from.iter().zip(to.iter_mut()) {
        *e = (*x - shift).exp();
    }
    let total = T::sum(to);
    for e in to {
        *e = *e / total;
    }
}

fn resolved(axis: i64, x: &Shape) -> usize {
    x.axis(axis).expect("the shape rule checked the axis")
}

impl Primitive for Softmax {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        args[0].axis(self.axis).map(|_| args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0].scan(resolved(self.axis, shape), softmax_lane))
    }

    /// y (ct - the mean of ct with weights y).
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let axis = resolved(self.axis, &b.shape(at.y));
        let mean = sum_kept(b, b.mul(ct, at.y), &[axis]);
        share(b.mul(at.y, b.sub(ct, mean)))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axis: from.axis(x)?,
        })
    }
}

impl Primitive for LogSoftmax {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        args[0].axis(self.axis).map(|_| args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0].scan(resolved(self.axis, shape), |from, to| {
            let (shift, log) = log_normalizer(from, |largest| largest);
            for (x, y) in from.iter().zip(to) {
                *y = (*x - shift) - log;
            }
        }))
    }

    /// ct - softmax(x) times the sum of ct.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let axis = resolved(self.axis, &b.shape(at.y));
        let total = sum_kept(b, ct, &[axis]);
        share(b.sub(ct, b.mul(b.exp(at.y), total)))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axis: from.axis(x)?,
        })
    }
}

impl CrossEntropy {
    /// The axis of the classes.
    fn axis(logits: &Shape) -> usize {
        usize::from(logits.rank() > 1)
    }
}

/// The class that a label names, if it names one.
fn class(label: f64, classes: usize) -> Option<usize> {
    let n = classes as f64;
    let legal = label.fract() == 0.0 && -n <= label && label < n;
    legal.then_some((if label < 0.0 { label + n } else { label }) as usize)
}

/// The index of the element `k` in row-major order.
fn index_of(mut k: usize, shape: &Shape) -> Shape {
    let mut index = shape.clone();
    for axis in (0..shape.rank()).rev() {
        index = index.with(axis, k % shape[axis]);
        k /= shape[axis];
    }
    index
}

impl Primitive for CrossEntropy {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let (logits, labels) = (args[0], args[1]);
        if logits.rank() == 0 {
            return shape_error!(
                "cross_entropy needs an axis of classes, and logits of rank 0 have none"
            );
        }
        let axis = Self::axis(logits);
        let expected = logits.reduced(&[axis], false);
        if *labels != expected {
            return shape_error!(
                "cross_entropy of logits {logits} takes labels of shape {expected}, found {labels}"
            );
        }
        let count = expected.count();
        if logits[axis] == 0 && count > 0 {
            return shape_error!(
                "cross_entropy of logits {logits}: there is no class on axis {axis}"
            );
        }
        match self.reduction {
            Reduction::None => Ok(expected),
            Reduction::Mean if count == 0 => {
                shape_error!("cross_entropy of logits {logits}: there is no label for a mean")
            }
            Reduction::Mean | Reduction::Sum => Ok(Shape::scalar()),
        }
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let (logits, labels) = (args[0], args[1]);
        let axis = Self::axis(logits.shape());
        let classes = logits.shape()[axis];
        let places = labels.iter().enumerate().map(|(k, label)| {
            let label = label.to_f64();
            class(label, classes).ok_or_else(|| {
                DomainError(format!(
                    "label {label} at {} of cross_entropy: expected an integer from -{classes} to {}",
                    index_of(k, labels.shape()),
                    classes.saturating_sub(1)
                ))
            })
        });
        let places: Vec<usize> = places.collect::<Result<_, _>>()?;
        let mut places = places.iter();
        let losses = logits.reduce(&[axis], false, |lane| {
            let place = *places.next().expect("one label a lane");
            let (shift, log) = log_normalizer(lane, |largest| largest);
            log + (shift - lane[place])
        });
        let total = |losses: &[T]| match self.reduction {
            Reduction::Mean => super::reduce::mean(losses),
            _ => T::sum(losses),
        };
        let all: Vec<usize> = (0..losses.rank()).collect();
        Ok(match self.reduction {
            Reduction::None => losses,
            Reduction::Mean | Reduction::Sum => losses.reduce(&all, false, total),
        })
    }

    /// softmax(logits), minus 1 at the label: there, minus the sum of the others, which does not cancel.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        if !at.wanted[0] {
            return Shares::new();
        }
        let logits = b.shape(at.args[0]);
        let axis = Self::axis(&logits);
        let (n, labels) = (logits[axis], logits.reduced(&[axis], true));
        let each = match self.reduction {
            Reduction::None => b.reshape(ct, &labels),
            Reduction::Sum => ct,
            Reduction::Mean => b.div(ct, b.constant(labels.count() as f64)),
        };
        // the classes by their numbers, along their axis
        let trailing = std::iter::repeat_n(1, logits.rank() - axis - 1);
        let shape: Shape = std::iter::once(n).chain(trailing).collect();
        let label = kept(b, at.args[1], &logits, &[axis]);
        let counted_from = |first: f64| {
            let numbers = Tensor::from_fn(&shape, |k| k as f64 + first);
            b.eq(label, b.literal(numbers))
        };
        let hit = b.add(counted_from(0.0), counted_from(-(n as f64)));
        let axis_attr = axis as i64;
        let weights = b.apply(Softmax { axis: axis_attr }.into(), &[at.args[0]]);
        let others = b.select(hit, b.constant(0.0), weights);
        let at_label = b.neg(sum_kept(b, others, &[axis]));
        share(b.strong_mul(each, b.select(hit, at_label, weights)))
    }

    fn carries(&self, operand: usize) -> bool {
        operand == 0
    }

    fn is_index(&self, operand: usize) -> bool {
        operand == 1
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        if x.rank() == 0 || x[Self::axis(x)] == 0 {
            return None;
        }
        let (labels, classes) = (x.reduced(&[Self::axis(x)], false), x[Self::axis(x)]);
        let reduction = match *from.pick(Reduction::ALL) {
            Reduction::Mean if labels.count() == 0 => Reduction::Sum,
            reduction => reduction,
        };
        let request = if from.chance(0.3) {
            Request::Index(labels, classes)
        } else {
            Request::Label(labels, classes)
        };
        Drawn::with(Self { reduction }, [request])
    }
}

impl Primitive for StopGradient {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0].map(T::detach))
    }

    fn vjp(&self, _: &dyn Builder, _: Site<'_>, _: Id) -> Shares {
        Shares::new()
    }

    fn carries(&self, _: usize) -> bool {
        false
    }

    fn draw(_: &mut Choices<'_>, _: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {})
    }
}

/// Whether dropout keeps element `k`.
fn is_kept(seed: i64, k: usize, rate: f64) -> bool {
    let state = (seed as u64).wrapping_add((k as u64).wrapping_mul(GOLDEN_GAMMA));
    let z = splitmix64(state);
    // 53 bits are exact as f64, and so is their quotient by 2^53
    (z >> 11) as f64 / 9_007_199_254_740_992.0 >= rate
}

impl Primitive for Dropout {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        if !(0.0..=1.0).contains(&self.rate) {
            return shape_error!(
                "dropout with rate={}: expected a number from 0 to 1",
                self.rate
            );
        }
        Ok(args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let kept = T::of(1.0) - T::of(self.rate);
        let mut k = 0;
        Ok(args[0].map(|x| {
            k += 1;
            if is_kept(self.seed, k - 1, self.rate) {
                x / kept
            } else {
                T::of(0.0)
            }
        }))
    }

    /// The mask is a constant: the rule is the operation itself.
    fn vjp(&self, b: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
        share(b.apply(self.clone().into(), &[ct]))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, _: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            rate: *from.pick(&[0.5, 0.0, 0.1, 0.75, 1.0]),
            seed: i64::from(from.word() as i32),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::Softmax);
        all_derivatives_agree(Kind::LogSoftmax);
        all_derivatives_agree(Kind::CrossEntropy);
        all_derivatives_agree(Kind::StopGradient);
        all_derivatives_agree(Kind::Dropout);
    }

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    #[test]
    fn softmax_far_out() {
        #[track_caller]
        fn row<const N: usize>(x: [f64; N], weights: [f64; N], logs: [f64; N]) {
            check(Softmax { axis: 0 }, &[x.into()], weights.into());
            check(LogSoftmax { axis: -1 }, &[x.into()], logs.into());
        }
        let ln2 = std::f64::consts::LN_2;
        row([1000.0, 1000.0], [0.5, 0.5], [-ln2, -ln2]);
        row([-1e300, -1e300], [0.5, 0.5], [-ln2, -ln2]);
        row([1e300, -1e300], [1.0, 0.0], [0.0, -2e300]);
        row([f64::MAX, -f64::MAX], [1.0, 0.0], [0.0, -INF]);
        row(
            [0.0, -50.0],
            [1.0, (-50f64).exp()],
            [-((-50f64).exp()), -50.0],
        );
        row([0.0, -INF], [1.0, 0.0], [0.0, -INF]);
        row([-INF, -INF], [NAN, NAN], [NAN, NAN]);
        row([3.0, INF], [NAN, NAN], [NAN, NAN]);
        row([3.0, NAN], [NAN, NAN], [NAN, NAN]);
        row([], [], []);
        check_refused(Softmax { axis: 1 }, &[&[3]], "does not exist");
        check_refused(LogSoftmax { axis: i64::MIN }, &[&[3]], "does not exist");
        check_refused(Softmax { axis: 0 }, &[&[]], "does not exist");
    }

    #[test]
    fn cross_entropies() {
        #[track_caller]
        fn row(x: [f64; 2], label: f64, loss: f64, slopes: [f64; 2]) {
            let op = CrossEntropy {
                reduction: Reduction::Mean,
            };
            check(op.clone(), &[x.into(), label.into()], loss.into());
            check_pull(op, &[x.into(), label.into()], 1.0.into(), &[slopes.into()]);
        }
        let far = (-50f64).exp();
        row([0.0, -50.0], 0.0, far, [-far, far]);
        row([0.0, -50.0], 1.0, 50.0, [1.0, -1.0]);
        row([0.0, -50.0], -1.0, 50.0, [1.0, -1.0]);
        row([1e300, -1e300], 0.0, 0.0, [0.0, 0.0]);
        row([1e300, -1e300], 1.0, 2e300, [1.0, -1.0]);
        row([7.0, -INF], -2.0, 0.0, [0.0, 0.0]);
        row([7.0, -INF], 1.0, INF, [1.0, -1.0]);

        // classes on axis 1
        let logits = || Tensor::from([[[0.0, 1000.0], [0.0, 0.0]]]);
        let labels = || Tensor::from([[0.0, 1.0]]);
        let ln2 = std::f64::consts::LN_2;
        let with = |reduction| CrossEntropy { reduction };
        check(
            with(Reduction::None),
            &[logits(), labels()],
            [[ln2, 1000.0]].into(),
        );
        check(
            with(Reduction::Sum),
            &[logits(), labels()],
            (ln2 + 1000.0).into(),
        );
        check(
            with(Reduction::Mean),
            &[logits(), labels()],
            ((ln2 + 1000.0) / 2.0).into(),
        );
        check(
            with(Reduction::Sum),
            &[Tensor::zeros([0, 3]), Tensor::zeros([0])],
            0.0.into(),
        );
        check(
            with(Reduction::Sum),
            &[Tensor::zeros([0, 0]), Tensor::zeros([0])],
            0.0.into(),
        );
        check_refused(
            with(Reduction::Mean),
            &[&[0, 3], &[0]],
            "no label for a mean",
        );
        check_refused(
            with(Reduction::None),
            &[&[2, 0], &[2]],
            "no class on axis 1",
        );
        check_refused(
            with(Reduction::None),
            &[&[2, 3], &[3]],
            "labels of shape [2], found [3]",
        );
        check_refused(with(Reduction::None), &[&[], &[]], "rank 0");
    }

    #[test]
    fn labels_out_of_range_are_named() {
        for label in [3.0, -4.0, 0.5, NAN, INF, 1e300] {
            let op: crate::op::Op = CrossEntropy {
                reduction: Reduction::Mean,
            }
            .into();
            let logits = Tensor::<f64>::zeros([2, 3, 2]);
            let labels = Tensor::from([[0.0, 1.0], [label, 2.0]]);
            let error = op.eval(&[&logits, &labels], &Shape::scalar()).unwrap_err();
            let expected = format!(
                "label {label} at [1, 0] of cross_entropy: expected an integer from -3 to 2"
            );
            assert_eq!(error.0, expected);
        }
    }

    #[test]
    fn nothing_passes_a_stopped_gradient() {
        use crate::number::Dual;
        let x = Tensor::from([Dual::variable(2.0)]);
        let y = evaluate(&StopGradient {}.into(), &[x]).at(&[0]);
        assert_eq!((y.value, y.tangent), (2.0, 0.0));
    }

    #[test]
    fn dropout_keeps_what_the_contract_says() {
        // splitmix64 of the seed 0 starts with e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f, f88bb8a8724c81ec
        let u = [0.883, 0.431, 0.026, 0.970];
        for rate in [0.0, 0.02, 0.03, 0.43, 0.44, 0.88, 0.89, 0.96, 0.98, 1.0] {
            let expected = u.map(|u| if u >= rate { 3.0 / (1.0 - rate) } else { 0.0 });
            let x = Tensor::full([2, 2], 3.0);
            let expected = Tensor::from(expected).reshape([2, 2]).unwrap();
            check(Dropout { rate, seed: 0 }, &[x], expected);
        }
        let nan = Tensor::from([NAN, NAN, NAN, INF]);
        check(
            Dropout {
                rate: 0.96,
                seed: 0,
            },
            &[nan],
            [0.0, 0.0, 0.0, INF].into(),
        );
        for rate in [NAN, -0.1, 1.5, INF] {
            check_refused(
                Dropout { rate, seed: 0 },
                &[&[2]],
                "expected a number from 0 to 1",
            );
        }
    }
}
