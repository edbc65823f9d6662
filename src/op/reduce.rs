//! Reductions: operations that fold the elements along some axes into one.
//!
//! Here are the sums and products among them; [`statistics`](super::statistics) measures spread and size, and
//! [`extremes`](super::extremes) picks elements by their order. All share the signature `(x; axes=none, keepdims=false)`.
//!
//! A reduction that has no value of nothing (a mean, a maximum) refuses an empty lane, unless the result is empty as
//! well, as NumPy does: the maxima of the columns of a 0 x 0 matrix are an empty vector.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::neural::log_normalizer;
use super::primitive::{DomainError, Linearity, Primitive};
use super::{CumProd, LogSumExp, Mean, Prod, Softmax, Sum};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// The axes that a reduction folds; the shape rule has found them legal.
pub(super) fn resolved(axes: &Option<Vec<i64>>, x: &Shape) -> Vec<usize> {
    x.axes(axes.as_deref())
        .expect("the shape rule checked the axes")
}

/// The shape of a reduction.
pub(super) fn reduced(
    axes: &Option<Vec<i64>>,
    keepdims: bool,
    x: &Shape,
) -> Result<Shape, ShapeError> {
    Ok(x.reduced(&x.axes(axes.as_deref())?, keepdims))
}

/// The shape of a reduction that has no value of nothing.
pub(super) fn reduced_nonempty(
    name: &str,
    axes: &Option<Vec<i64>>,
    keepdims: bool,
    x: &Shape,
) -> Result<Shape, ShapeError> {
    let folded = x.axes(axes.as_deref())?;
    let shape = x.reduced(&folded, keepdims);
    match folded.iter().find(|&&axis| x[axis] == 0) {
        Some(axis) if shape.count() > 0 => {
            shape_error!("{name} of no elements: axis {axis} of shape {x} is empty")
        }
        _ => Ok(shape),
    }
}

/// How many elements of `x` become one.
pub(super) fn lane_size(x: &Shape, axes: &[usize]) -> usize {
    axes.iter().map(|&axis| x[axis]).product()
}

/// A reduction's result or cotangent with the axes of `x` that it lost back at size 1: it broadcasts with `x`.
pub(super) fn kept(b: &dyn Builder, reduced: Id, x: &Shape, axes: &[usize]) -> Id {
    b.reshape(reduced, &x.reduced(axes, true))
}

/// [`Builder`] sum over the axes of `x`, which stay at size 1.
pub(super) fn sum_kept(b: &dyn Builder, x: Id, axes: &[usize]) -> Id {
    b.sum(
        x,
        Some(axes.iter().map(|&axis| axis as i64).collect()),
        true,
    )
}

/// Axes for a reduction that has no value of nothing.
pub(super) fn draw_nonempty(from: &mut Choices<'_>, x: &Shape) -> Option<Vec<i64>> {
    let axes = from.axes(x);
    let legal = reduced_nonempty("", &axes, false, x).is_ok();
    if legal { axes } else { Some(Vec::new()) }
}

/// A rule's view of a tensor whose reduced axes are one, and last.
pub(super) struct Lanes {
    /// The shape of the tensor itself.
    over: Shape,
    /// Where the axes go: those that stay, then those that are folded.
    perm: Vec<usize>,
    /// The sizes of the axes that stay.
    outer: Shape,
    /// The number of elements of a lane.
    pub(super) size: usize,
}

impl Lanes {
    /// The lanes of a tensor of shape `over` along `axes` (ascending).
    pub(super) fn of(over: &Shape, axes: &[usize]) -> Self {
        let stay = (0..over.rank()).filter(|axis| !axes.contains(axis));
        Self {
            perm: stay.chain(axes.iter().copied()).collect(),
            outer: over.reduced(axes, false),
            size: lane_size(over, axes),
            over: over.clone(),
        }
    }

    fn shape(&self, size: usize) -> Shape {
        self.outer.iter().copied().chain([size]).collect()
    }

    fn moves(&self) -> bool {
        !self.perm.iter().copied().eq(0..self.perm.len())
    }

    /// The tensor as lanes along the last axis.
    pub(super) fn fold(&self, b: &dyn Builder, x: Id) -> Id {
        let moved = if self.moves() {
            b.transpose(x, self.perm.iter().map(|&axis| axis as i64).collect())
        } else {
            x
        };
        b.reshape(moved, &self.shape(self.size))
    }

    /// A reduction's result or cotangent, one element a lane.
    pub(super) fn column(&self, b: &dyn Builder, reduced: Id) -> Id {
        b.reshape(reduced, &self.shape(1))
    }

    /// The inverse of [`Lanes::fold`].
    pub(super) fn unfold(&self, b: &dyn Builder, lanes: Id) -> Id {
        let moved: Shape = self.perm.iter().map(|&axis| self.over[axis]).collect();
        let moved = b.reshape(lanes, &moved);
        if !self.moves() {
            return moved;
        }
        let mut inverse = vec![0; self.perm.len()];
        for (to, &from) in self.perm.iter().enumerate() {
            inverse[from] = to as i64;
        }
        b.transpose(moved, inverse)
    }
}

/// The mean of a lane that is not empty.
pub(super) fn mean<T: Real>(lane: &[T]) -> T {
    let n = lane.len() as f64;
    let total = T::sum(lane);
    if total.to_f64().is_finite() || !lane.iter().all(|x| x.to_f64().is_finite()) {
        return total / T::of(n);
    }
    // the sum overflows, though a mean never does: shrink the terms by a power of two beyond their number
    let shrink = (-n.log2().ceil()).exp2();
    let small: Vec<T> = lane.iter().map(|&x| x * T::of(shrink)).collect();
    T::sum(&small) / T::of(n * shrink)
}

impl Primitive for Sum {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        reduced(&self.axes, self.keepdims, args[0])
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let axes = resolved(&self.axes, args[0].shape());
        Ok(args[0].reduce(&axes, self.keepdims, T::sum))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = b.shape(at.args[0]);
        share(b.spread(ct, &x, &resolved(&self.axes, &x)))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axes: from.axes(x),
            keepdims: from.chance(0.3),
        })
    }
}

impl Primitive for Mean {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        reduced_nonempty("mean", &self.axes, self.keepdims, args[0])
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let axes = resolved(&self.axes, args[0].shape());
        Ok(args[0].reduce(&axes, self.keepdims, mean))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = b.shape(at.args[0]);
        let axes = resolved(&self.axes, &x);
        let count = b.constant(lane_size(&x, &axes) as f64);
        share(b.spread(b.div(ct, count), &x, &axes))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axes: draw_nonempty(from, x),
            keepdims: from.chance(0.3),
        })
    }
}

impl Primitive for Prod {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        reduced(&self.axes, self.keepdims, args[0])
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let axes = resolved(&self.axes, args[0].shape());
        Ok(args[0].reduce(&axes, self.keepdims, |lane| {
            let product = lane.iter().copied().reduce(|product, x| product * x);
            product.unwrap_or(T::of(1.0))
        }))
    }

    /// The product of all the others is what comes before times what comes after.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let over = b.shape(at.args[0]);
        let lanes = Lanes::of(&over, &resolved(&self.axes, &over));
        let x = lanes.fold(b, at.args[0]);
        let [before, after] = [false, true].map(|reverse| {
            let scan = CumProd {
                axis: -1,
                reverse,
                exclusive: true,
            };
            b.apply(scan.into(), &[x])
        });
        let others = b.mul(before, after);
        share(lanes.unfold(b, b.strong_mul(lanes.column(b, ct), others)))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axes: from.axes(x),
            keepdims: from.chance(0.3),
        })
    }
}

impl Primitive for LogSumExp {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        reduced(&self.axes, self.keepdims, args[0])
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let axes = resolved(&self.axes, args[0].shape());
        Ok(args[0].reduce(&axes, self.keepdims, |lane| {
            if lane.iter().all(|x| x.to_f64() == f64::NEG_INFINITY) {
                return T::of(f64::NEG_INFINITY);
            }
            let (shift, log) =
                log_normalizer(
                    lane,
                    |largest| {
                        if largest.is_finite() { largest } else { 0.0 }
                    },
                );
            shift + log
        }))
    }

    /// The share is the softmax, from the shifted exponentials: e^(x - y) would carry the rounding of a large y.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let over = b.shape(at.args[0]);
        let lanes = Lanes::of(&over, &resolved(&self.axes, &over));
        let (x, y) = (lanes.fold(b, at.args[0]), lanes.column(b, at.y));
        // where all elements are -inf, the softmax is taken of other numbers, so that no NaN arises that a derivative
        // of this rule would meet
        let nothing = b.eq(y, b.constant(f64::NEG_INFINITY));
        let zero = b.constant(0.0);
        let weights = b.apply(Softmax { axis: -1 }.into(), &[b.select(nothing, zero, x)]);
        let weights = b.select(nothing, zero, weights);
        share(lanes.unfold(b, b.strong_mul(lanes.column(b, ct), weights)))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axes: from.axes(x),
            keepdims: from.chance(0.3),
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
        all_derivatives_agree(Kind::Sum);
        all_derivatives_agree(Kind::Mean);
        all_derivatives_agree(Kind::Prod);
        all_derivatives_agree(Kind::LogSumExp);
    }

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    /// The reduction of this kind over all axes.
    fn whole(kind: Kind) -> crate::op::Op {
        kind.with(&[]).expect("all attributes have defaults")
    }

    #[test]
    fn nothing_has_a_sum_a_product_and_a_logsumexp_but_no_mean() {
        let nothing = || [Tensor::zeros([2, 0])];
        let axes = || Some(vec![-1]);
        let keepdims = false;
        check(
            Sum {
                axes: axes(),
                keepdims,
            },
            &nothing(),
            [0.0, 0.0].into(),
        );
        check(
            Prod {
                axes: axes(),
                keepdims,
            },
            &nothing(),
            [1.0, 1.0].into(),
        );
        check(
            LogSumExp {
                axes: axes(),
                keepdims,
            },
            &nothing(),
            [-INF, -INF].into(),
        );
        check_refused(
            Mean {
                axes: axes(),
                keepdims,
            },
            &[&[2, 0]],
            "axis 1 of shape [2, 0] is empty",
        );
        // no lane, so none that is empty
        check(
            Mean {
                axes: axes(),
                keepdims,
            },
            &[Tensor::zeros([0, 0])],
            Tensor::zeros([0]),
        );
        check(
            Mean {
                axes: Some(vec![0]),
                keepdims,
            },
            &nothing(),
            Tensor::zeros([0]),
        );
    }

    #[test]
    fn attributes() {
        let x = || [Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])];
        check(
            Sum {
                axes: Some(vec![]),
                keepdims: true,
            },
            &x(),
            x()[0].clone(),
        );
        check(
            Sum {
                axes: Some(vec![-1, 0]),
                keepdims: true,
            },
            &x(),
            [[21.0]].into(),
        );
        check(
            Mean {
                axes: Some(vec![-2]),
                keepdims: false,
            },
            &x(),
            [2.5, 3.5, 4.5].into(),
        );
        check(
            Prod {
                axes: Some(vec![1]),
                keepdims: true,
            },
            &x(),
            [[6.0], [120.0]].into(),
        );
        for axis in [i64::MIN, -3, 2, i64::MAX] {
            check_refused(
                Sum {
                    axes: Some(vec![axis]),
                    keepdims: false,
                },
                &[&[2, 3]],
                "does not exist",
            );
            check_refused(
                Mean {
                    axes: Some(vec![axis]),
                    keepdims: false,
                },
                &[&[2, 3]],
                "does not exist",
            );
        }
        check_refused(
            Prod {
                axes: Some(vec![1, -1]),
                keepdims: false,
            },
            &[&[2, 3]],
            "named twice",
        );
        check_refused(
            LogSumExp {
                axes: Some(vec![0]),
                keepdims: false,
            },
            &[&[]],
            "does not exist",
        );
    }

    #[test]
    fn a_mean_lies_among_its_elements() {
        #[track_caller]
        fn mean_of(x: &[f64], expected: f64) {
            check(whole(Kind::Mean), &[x.into()], expected.into());
        }
        mean_of(&[1e308; 7], 1e308);
        mean_of(&[f64::MAX, f64::MAX, -f64::MAX], f64::MAX / 3.0);
        mean_of(&[INF, 1.0], INF);
        mean_of(&[INF, -INF], NAN);
        mean_of(&[5e-324, 5e-324], 5e-324);
    }

    #[test]
    fn products_with_zeros_are_exact_in_every_derivative() {
        let prod = whole(Kind::Prod);
        let check = |x: [f64; 3], expected: [f64; 3]| {
            check_pull(prod.clone(), &[x.into()], 2.0.into(), &[expected.into()]);
        };
        check([2.0, 3.0, 5.0], [30.0, 20.0, 12.0]);
        check([2.0, 0.0, 5.0], [0.0, 20.0, 0.0]);
        check([0.0, 0.0, 5.0], [0.0, 0.0, 0.0]);
        check([-0.0, INF, 5.0], [INF, -0.0, NAN]);
        // the mixed derivatives of x0 x1 x2 x3 at (0, 0, 0, 7)
        let tape = Tape::default();
        let x = tape.literal([0.0, 0.0, 0.0, 7.0].into());
        let mut y = tape.apply(prod, &[x]);
        let b: &dyn Builder = &tape;
        for place in 0..3 {
            let slope = tape.pull_back(y, b.constant(1.0), &[x])[0];
            let unit = Tensor::from_fn([4], |k| if k == place { 1.0 } else { 0.0 });
            y = b.sum(b.mul(slope, tape.literal(unit)), None, false);
        }
        assert_eq!(tape.value(y).item(), 7.0);
        let last = tape.pull_back(y, b.constant(1.0), &[x])[0];
        assert_eq!(tape.value(last).to_vec(), [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn logsumexp_far_out() {
        #[track_caller]
        fn row(x: [f64; 2], expected: f64, slopes: [f64; 2]) {
            check(whole(Kind::LogSumExp), &[x.into()], expected.into());
            check_pull(
                whole(Kind::LogSumExp),
                &[x.into()],
                1.0.into(),
                &[slopes.into()],
            );
        }
        let ln2 = std::f64::consts::LN_2;
        row([1000.0, 1000.0], 1000.0 + ln2, [0.5, 0.5]);
        row([-1000.0, -1000.0], ln2 - 1000.0, [0.5, 0.5]);
        row([1e300, 1e300], 1e300, [0.5, 0.5]);
        row([1e300, -1e300], 1e300, [1.0, 0.0]);
        row([f64::MAX, -f64::MAX], f64::MAX, [1.0, 0.0]);
        row([0.0, -50.0], (-50f64).exp(), [1.0, (-50f64).exp()]);
        row([3.0, -INF], 3.0, [1.0, 0.0]);
        row([-INF, -INF], -INF, [0.0, 0.0]);
        check(whole(Kind::LogSumExp), &[[INF, 3.0].into()], INF.into());
        check(whole(Kind::LogSumExp), &[[NAN, -INF].into()], NAN.into());
    }
}
