//! Reductions that measure spread and size: variance, standard deviation, norms.
//!
//! Squares overflow where their root does not, so the kernels scale each lane by a power of two first, which costs no
//! rounding. The scale is a constant to the derivative, and falls out of it again.

use super::Op;
use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::extremes::{half_gap, largest};
use super::pointwise::{Pointwise, Row};
use super::primitive::{DomainError, Primitive};
use super::reduce::{
    draw_nonempty, kept, lane_size, reduced, reduced_nonempty, resolved, sum_kept,
};
use super::{Mean, Norm, Std, Var};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// The largest magnitude of a lane: NaN if an element is NaN, 0 if there is none.
pub(super) fn magnitude<T: Real>(lane: &[T]) -> f64 {
    let magnitudes = lane.iter().map(|x| x.to_f64().abs());
    magnitudes.fold(0.0, |m, x| if x > m || x.is_nan() { x } else { m })
}

/// 2^k.
pub(super) fn power_of_two(k: i32) -> f64 {
    debug_assert!((-1022..=1023).contains(&k));
    f64::from_bits(((1023 + k) as u64) << 52)
}

/// Some k for which 2^k `magnitude` is near 1, such that 2^k and 2^-k are numbers of the lane's own precision.
pub(super) fn scale_exponent(magnitude: f64) -> i32 {
    if magnitude == 0.0 || !magnitude.is_finite() {
        return 0;
    }
    match magnitude.log2().floor() as i32 {
        // the small end of f32, whose numbers end at 2^128: what is left of 2^-150 has room for its square
        -150..-120 => 120,
        exponent => (-exponent).clamp(-1022, 1000),
    }
}

/// The lane times 2^k.
pub(super) fn scaled<T: Real>(lane: &[T], k: i32) -> Vec<T> {
    if k == 0 {
        return lane.to_vec();
    }
    let scale = T::of(power_of_two(k));
    lane.iter().map(|&x| x * scale).collect()
}

/// 0, for a lane of zeros, with derivative 0. It is their sum, so that it keeps what is known of their error.
fn zero_of<T: Real>(zeros: &[T]) -> T {
    let detached: Vec<T> = zeros.iter().map(|x| x.detach()).collect();
    T::of(0.0) + T::sum(&detached)
}

/// count - ddof, NaN where that is not positive.
fn degrees(count: usize, ddof: usize) -> f64 {
    match count.checked_sub(ddof) {
        None | Some(0) => f64::NAN,
        Some(n) => n as f64,
    }
}

/// The elements' distances from their mean. The first element goes first: equal elements then have distances of exactly
/// 0, and close ones lose no digits to a large mean.
pub(super) fn centred_lane<T: Real>(lane: &[T]) -> Vec<T> {
    let origin = T::of(lane[0].to_f64());
    let moved: Vec<T> = lane.iter().map(|&x| x - origin).collect();
    let mean = T::sum(&moved) / T::of(lane.len() as f64);
    moved.iter().map(|&x| x - mean).collect()
}

/// The same in a rule: the mean is subtracted twice, for the first one is rounded.
pub(super) fn centred(b: &dyn Builder, x: Id, axes: &[usize]) -> Id {
    let mean = |x: Id| {
        let axes = Some(axes.iter().map(|&axis| axis as i64).collect());
        b.apply(
            Mean {
                axes,
                keepdims: true,
            }
            .into(),
            &[x],
        )
    };
    let moved = b.sub(x, mean(x));
    b.sub(moved, mean(moved))
}

/// v / y, and 0 with derivative 0 where y is 0. No infinity arises that a derivative of the rule would meet.
fn over_or_zero(b: &dyn Builder, v: Id, y: Id) -> Id {
    let (origin, zero) = (b.eq(y, b.constant(0.0)), b.constant(0.0));
    let safe = b.select(origin, b.constant(1.0), y);
    b.select(origin, zero, b.div(v, safe))
}

impl Primitive for Var {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        reduced_nonempty("var", &self.axes, self.keepdims, args[0])
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let axes = resolved(&self.axes, args[0].shape());
        Ok(args[0].reduce(&axes, self.keepdims, |lane| {
            let k = scale_exponent(magnitude(lane));
            let distances = centred_lane(&scaled(lane, k));
            let back = T::of(power_of_two(-k));
            T::dot(&distances, &distances) / T::of(degrees(lane.len(), self.ddof)) * back * back
        }))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = b.shape(at.args[0]);
        let axes = resolved(&self.axes, &x);
        // half the degrees are exact, and so no rounded reciprocal goes into the rule
        let half = degrees(lane_size(&x, &axes), self.ddof) / 2.0;
        let each = b.div(kept(b, ct, &x, &axes), b.constant(half));
        share(b.mul(each, centred(b, at.args[0], &axes)))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let axes = draw_nonempty(from, x);
        Drawn::alone(Self {
            ddof: draw_ddof(from, x, &axes),
            axes,
            keepdims: from.chance(0.3),
        })
    }
}

/// 0 or 1, for which there is a variance.
fn draw_ddof(from: &mut Choices<'_>, x: &Shape, axes: &Option<Vec<i64>>) -> usize {
    let many = lane_size(x, &resolved(axes, x)) > 1;
    usize::from(many && from.chance(0.5))
}

impl Primitive for Std {
    const KINKS: &'static str = "all elements equal";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        reduced_nonempty("std", &self.axes, self.keepdims, args[0])
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let axes = resolved(&self.axes, args[0].shape());
        Ok(args[0].reduce(&axes, self.keepdims, |lane| {
            let k = scale_exponent(magnitude(lane));
            let distances = centred_lane(&scaled(lane, k));
            let degrees = degrees(lane.len(), self.ddof);
            if magnitude(&distances) == 0.0 && !degrees.is_nan() {
                return zero_of(&distances);
            }
            let variance = T::dot(&distances, &distances) / T::of(degrees);
            variance.sqrt() * T::of(power_of_two(-k))
        }))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = b.shape(at.args[0]);
        let axes = resolved(&self.axes, &x);
        let distances = centred(b, at.args[0], &axes);
        let slope = over_or_zero(b, distances, kept(b, at.y, &x, &axes));
        let degrees = b.constant(degrees(lane_size(&x, &axes), self.ddof));
        share(b.mul(b.div(kept(b, ct, &x, &axes), degrees), slope))
    }

    /// Half the range: all elements can meet in its middle. A single one is constant.
    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        let axes = resolved(&self.axes, args[0].shape());
        let half_range = args[0].reduce(&axes, false, |lane| match lane.len() {
            0 | 1 => f64::INFINITY,
            _ => {
                let low = lane.iter().copied().fold(f64::INFINITY, f64::min);
                let high = lane.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                high / 2.0 - low / 2.0
            }
        });
        half_range.iter().fold(f64::INFINITY, f64::min)
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let axes = draw_nonempty(from, x);
        Drawn::alone(Self {
            ddof: draw_ddof(from, x, &axes),
            axes,
            keepdims: from.chance(0.3),
        })
    }
}

/// The largest order that is computed by multiplication; a larger one is a power like that of any real order.
const LARGEST_INTEGER: f64 = 1024.0;

impl Norm {
    fn is_integer(&self) -> bool {
        self.ord == self.ord.trunc() && self.ord <= LARGEST_INTEGER
    }

    /// |x|^ord is a polynomial, and so smooth at 0.
    fn is_even(&self) -> bool {
        self.is_integer() && self.ord % 2.0 == 0.0
    }

    fn lane<T: Real>(&self, lane: &[T]) -> T {
        let magnitude = magnitude(lane);
        if magnitude == 0.0 {
            return zero_of(lane);
        }
        let sizes = || lane.iter().map(|x| x.abs()).collect::<Vec<T>>();
        if self.ord == 1.0 {
            return T::sum(&sizes());
        }
        if self.ord.is_infinite() {
            return largest(&sizes());
        }
        let k = scale_exponent(magnitude);
        let near_one = scaled(lane, k);
        let root = if self.ord == 2.0 {
            T::dot(&near_one, &near_one).sqrt()
        } else {
            // beside a high power, 2 is not near 1: divide by the largest element itself
            let unit = if magnitude.is_finite() {
                T::of(magnitude * power_of_two(k))
            } else {
                T::of(1.0)
            };
            let powers: Vec<T> = near_one.iter().map(|&x| self.power(x / unit)).collect();
            T::sum(&powers).pow(T::of(1.0) / T::of(self.ord)) * unit
        };
        root * T::of(power_of_two(-k))
    }

    fn power<T: Real>(&self, x: T) -> T {
        match (self.is_even(), self.is_integer()) {
            (true, _) => x.powi(self.ord as i32),
            (false, true) => x.abs().powi(self.ord as i32),
            (false, false) => x.abs().pow(T::of(self.ord)),
        }
    }
}

impl Primitive for Norm {
    const KINKS: &'static str =
        "the origin; elements of 0, unless the order is even; ties at the largest, where it is inf";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        if self.ord.is_nan() || self.ord <= 0.0 {
            return shape_error!(
                "norm of order {}: expected a number above 0, or inf",
                self.ord
            );
        }
        reduced(&self.axes, self.keepdims, args[0])
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let axes = resolved(&self.axes, args[0].shape());
        Ok(args[0].reduce(&axes, self.keepdims, |lane| self.lane(lane)))
    }

    /// The slope by x is sign(x) |x / y|^(ord - 1).
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let (x, over) = (at.args[0], b.shape(at.args[0]));
        let axes = resolved(&self.axes, &over);
        let (y, ct) = (kept(b, at.y, &over, &axes), kept(b, ct, &over, &axes));
        let sign = |x: Id| b.pointwise(Row::Sign, &[x]);
        let size = |x: Id| b.pointwise(Row::Abs, &[x]);
        if self.ord == 1.0 {
            return share(b.mul(ct, sign(x)));
        }
        if self.ord.is_infinite() {
            let ties = b.eq(size(x), y);
            let each = b.div(ct, sum_kept(b, ties, &axes));
            return share(b.select(ties, b.mul(each, sign(x)), b.constant(0.0)));
        }
        let ratio = over_or_zero(b, x, y);
        let slope = if self.ord == 2.0 {
            ratio
        } else if self.is_even() {
            let power = Pointwise::with(Row::Powi, [self.ord - 1.0, 0.0]);
            b.apply(Op::Pointwise(power), &[ratio])
        } else {
            // at 0 the sign decides, and the power must not be infinite beside it
            let absent = b.eq(ratio, b.constant(0.0));
            let safe = b.select(absent, b.constant(1.0), size(ratio));
            let power = Pointwise::with(Row::Powc, [self.ord - 1.0, 0.0]);
            b.mul(sign(ratio), b.apply(Op::Pointwise(power), &[safe]))
        };
        share(b.strong_mul(ct, slope))
    }

    /// The distance from the origin; of an order that is not even, also of each element from 0, and of the order inf
    /// from a tie.
    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        let axes = resolved(&self.axes, args[0].shape());
        let distance = args[0].reduce(&axes, false, |lane| {
            let sizes: Vec<f64> = lane.iter().map(|x| x.abs()).collect();
            let origin = match lane {
                [] => f64::INFINITY,
                _ => magnitude(lane),
            };
            if self.ord.is_infinite() {
                origin.min(half_gap(&sizes))
            } else if self.is_even() {
                origin
            } else {
                sizes.iter().copied().fold(origin, f64::min)
            }
        });
        distance.iter().fold(f64::INFINITY, f64::min)
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            ord: *from.pick(&[2.0, 1.0, f64::INFINITY, 3.0, 2.5, 4.0, 0.5, 1.5]),
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
        all_derivatives_agree(Kind::Var);
        all_derivatives_agree(Kind::Std);
        all_derivatives_agree(Kind::Norm);
    }

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    fn var(ddof: usize) -> Var {
        Var {
            axes: None,
            ddof,
            keepdims: false,
        }
    }

    fn std(ddof: usize) -> Std {
        Std {
            axes: None,
            ddof,
            keepdims: false,
        }
    }

    fn norm(ord: f64) -> Norm {
        Norm {
            ord,
            axes: None,
            keepdims: false,
        }
    }

    #[test]
    fn variances() {
        #[track_caller]
        fn row(x: &[f64], ddof: usize, expected: f64, deviation: f64) {
            check(var(ddof), &[x.into()], expected.into());
            check(std(ddof), &[x.into()], deviation.into());
        }
        row(&[1.0, 2.0, 3.0, 4.0], 0, 1.25, 1.25f64.sqrt());
        row(&[1.0, 2.0, 3.0, 4.0], 1, 5.0 / 3.0, (5f64 / 3.0).sqrt());
        row(&[3.0], 0, 0.0, 0.0);
        row(&[3.0], 1, NAN, NAN);
        row(&[3.0, 4.0], 2, NAN, NAN);
        row(&[3.0, 4.0], usize::MAX, NAN, NAN);
        row(&[0.1, 0.1, 0.1], 0, 0.0, 0.0);
        row(&[1e16, 1e16 + 2.0], 0, 1.0, 1.0);
        row(&[1e200, -1e200], 0, INF, 1e200);
        row(&[1e-200, -1e-200], 0, 0.0, 1e-200);
        row(&[1.2e154, -1.2e154], 0, 1.2e154 * 1.2e154, 1.2e154);
        row(&[1e308, -1e308], 0, INF, 1e308);
        row(&[5e-324, 5e-324 * 3.0], 0, 0.0, 5e-324);
        row(&[INF, 1.0], 0, NAN, NAN);
        row(&[NAN, 1.0], 0, NAN, NAN);
    }

    #[test]
    fn slopes_of_variances() {
        check_pull(
            var(1),
            &[[1.0, 2.0, 6.0].into()],
            3.0.into(),
            &[[-6.0, -3.0, 9.0].into()],
        );
        check_pull(
            var(0),
            &[[1e16, 1e16 + 2.0].into()],
            1.0.into(),
            &[[-1.0, 1.0].into()],
        );
        check_pull(
            std(0),
            &[[1e200, -1e200].into()],
            1.0.into(),
            &[[0.5, -0.5].into()],
        );
        check_pull(
            std(0),
            &[[1e-200, -1e-200].into()],
            1.0.into(),
            &[[0.5, -0.5].into()],
        );
        check_pull(
            std(0),
            &[[0.1, 0.1, 0.1].into()],
            1.0.into(),
            &[[0.0; 3].into()],
        );
    }

    #[test]
    fn norms() {
        #[track_caller]
        fn row(ord: f64, x: &[f64], expected: f64, slopes: &[f64]) {
            check(norm(ord), &[x.into()], expected.into());
            check_pull(norm(ord), &[x.into()], 1.0.into(), &[slopes.into()]);
        }
        row(2.0, &[3.0, -4.0], 5.0, &[0.6, -0.8]);
        row(2.0, &[3e200, -4e200], 5e200, &[0.6, -0.8]);
        row(2.0, &[3e-200, -4e-200], 5e-200, &[0.6, -0.8]);
        row(2.0, &[5e-324], 5e-324, &[1.0]);
        row(2.0, &[f64::MAX], f64::MAX, &[1.0]);
        row(1.0, &[3.0, -4.0, 0.0], 7.0, &[1.0, -1.0, 0.0]);
        row(INF, &[3.0, -4.0, 4.0], 4.0, &[0.0, -0.5, 0.5]);
        row(INF, &[-INF, 4.0], INF, &[-1.0, 0.0]);
        row(
            3.0,
            &[1.0, -1.0, 0.0],
            2f64.cbrt(),
            &[2f64.powf(-2.0 / 3.0), -(2f64.powf(-2.0 / 3.0)), 0.0],
        );
        row(4.0, &[0.0, 1e200], 1e200, &[0.0, 1.0]);
        row(2000.0, &[1.9, -0.1], 1.9, &[1.0, 0.0]);
        row(0.5, &[1.0, 4.0, 0.0], 9.0, &[3.0, 1.5, 0.0]);
        row(0.5, &[1e-200, 4e-200], 9e-200, &[3.0, 1.5]);
        for ord in [0.5, 1.0, 2.0, 2.5, 3.0, 4.0, 1e300, INF] {
            row(ord, &[0.0, 0.0], 0.0, &[0.0, 0.0]);
            row(ord, &[-0.0], 0.0, &[0.0]);
            row(ord, &[], 0.0, &[]);
            check(norm(ord), &[[INF, 1.0].into()], INF.into());
            check(norm(ord), &[[1.0, NAN].into()], NAN.into());
            check(norm(ord), &[[NAN, INF].into()], NAN.into());
        }
    }

    #[test]
    fn single_precision_has_the_same_range() {
        for x in [1e-45f32, 1e-40, 3e-20, 1.0, 3e20, 3e38] {
            for ord in [0.5, 2.0, 3.0, 4.0] {
                let y = evaluate(&norm(ord).into(), &[Tensor::from([x, 0.0])]).item();
                assert!(
                    (y - x).abs() <= x * 1e-6,
                    "norm of {x} with order {ord}: {y}"
                );
            }
            let y = evaluate(&std(0).into(), &[Tensor::from([x, -x])]).item();
            assert!((y - x).abs() <= x * 1e-6, "std of {x} and -{x}: {y}");
        }
    }

    #[test]
    fn refused() {
        for ord in [NAN, 0.0, -0.0, -1.0, -INF] {
            check_refused(norm(ord), &[&[2]], "expected a number above 0, or inf");
        }
        check_refused(var(0), &[&[0]], "var of no elements");
        check_refused(std(0), &[&[3, 0]], "std of no elements");
        let axes = Some(vec![i64::MIN]);
        check_refused(Norm { axes, ..norm(2.0) }, &[&[2]], "does not exist");
    }

    #[test]
    fn distances_from_what_is_not_smooth() {
        let distance = |op: &dyn Fn(&[&Tensor<f64>]) -> f64, x: &[f64]| op(&[&x.into()]);
        assert_eq!(distance(&|x| norm(2.0).smooth(x), &[3.0, 0.0]), 3.0);
        assert_eq!(distance(&|x| norm(3.0).smooth(x), &[3.0, -1.0]), 1.0);
        assert_eq!(distance(&|x| norm(INF).smooth(x), &[3.0, -1.0]), 1.0);
        assert_eq!(distance(&|x| norm(INF).smooth(x), &[3.0, -3.0]), 0.0);
        assert_eq!(distance(&|x| norm(INF).smooth(x), &[3.0]), 3.0);
        assert_eq!(distance(&|x| std(0).smooth(x), &[3.0, 1.0, 2.0]), 1.0);
        assert_eq!(distance(&|x| std(0).smooth(x), &[3.0]), INF);
    }
}
