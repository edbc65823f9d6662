//! Normalisation: elements moved and scaled such that the mean of a lane is 0 and its variance 1, nearly; then a weight
//! and a bias.
//!
//! With d the distances from the mean (or the elements themselves), the normalised elements are d r,
//! r = 1 / sqrt(mean of d^2 + eps). Squares overflow where d r does not, so a lane is scaled first, which is a constant to
//! the derivative.

use super::builder::{Builder, Id, Shares, Site};
use super::choices::{Choices, Drawn, Request};
use super::pointwise::Row;
use super::primitive::{DomainError, Primitive};
use super::spatial::draw_first;
use super::statistics::{centred, centred_lane, magnitude, power_of_two, scale_exponent, scaled};
use super::{BatchNormTrain, GroupNorm, LayerNorm, MaxReduce, Mean, RmsNorm, StopGradient};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// What a norm does to an x of one shape.
struct Norm {
    /// The shape under which the lanes lie along `axes`.
    view: Shape,
    axes: Vec<usize>,
    /// The shape under which weight and bias broadcast with x.
    weight: Shape,
    is_centred: bool,
    eps: f64,
}

fn check_eps(op: &str, eps: f64) -> Result<(), ShapeError> {
    match (0.0..f64::INFINITY).contains(&eps) {
        true => Ok(()),
        false => shape_error!("{op}: eps={eps}, expected a finite number that is not negative"),
    }
}

/// Checks the shapes of weight and bias.
fn check_weights(op: &str, args: &[&Shape], expected: &Shape) -> Result<Shape, ShapeError> {
    for (name, found) in ["weight", "bias"].iter().zip(&args[1..]) {
        if *found != expected {
            return shape_error!(
                "{op} of x {} takes a {name} of shape {expected}, found {found}",
                args[0]
            );
        }
    }
    Ok(args[0].clone())
}

/// The number of channels, on axis 1.
fn channels(op: &str, x: &Shape) -> Result<usize, ShapeError> {
    match x.rank() {
        0 | 1 => shape_error!("{op} takes x with channels on axis 1, found shape {x}"),
        _ => Ok(x[1]),
    }
}

/// The shape of an element for each channel, such that it broadcasts with x.
fn channel_column(x: &Shape) -> Shape {
    let trailing = std::iter::repeat_n(1, x.rank() - 2);
    std::iter::once(x[1]).chain(trailing).collect()
}

impl Norm {
    fn layer(x: &Shape, axis: usize, eps: f64) -> Self {
        Self {
            view: x.clone(),
            axes: (axis..x.rank()).collect(),
            weight: x[axis..].into(),
            is_centred: true,
            eps,
        }
    }

    fn rms(x: &Shape, eps: f64) -> Self {
        Self {
            is_centred: false,
            ..Self::layer(x, x.rank() - 1, eps)
        }
    }

    fn group(x: &Shape, groups: usize, eps: f64) -> Self {
        let lane = x[1] / groups * x[2..].iter().product::<usize>();
        Self {
            view: [x[0], groups, lane].into(),
            axes: vec![2],
            weight: channel_column(x),
            is_centred: true,
            eps,
        }
    }

    fn batch(x: &Shape, eps: f64) -> Self {
        Self {
            view: x.clone(),
            axes: (0..x.rank()).filter(|&axis| axis != 1).collect(),
            weight: channel_column(x),
            is_centred: true,
            eps,
        }
    }

    /// The normalised lane: d r.
    fn lane<T: Real>(&self, from: &[T], to: &mut [T]) {
        let eps = T::of(self.eps);
        let k = scale_exponent(magnitude(from).max(eps.to_f64().sqrt()));
        let near_one = scaled(from, k);
        let distances = match self.is_centred {
            true => centred_lane(&near_one),
            false => near_one,
        };
        let square = T::dot(&distances, &distances) / T::of(from.len() as f64);
        let scale = T::of(power_of_two(k));
        let deviation = (square + eps * scale * scale).sqrt();
        for (to, &d) in to.iter_mut().zip(&distances) {
            *to = d / deviation;
        }
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Tensor<T> {
        if shape.count() == 0 {
            return Tensor::zeros(shape);
        }
        let view = args[0].reshape(&self.view).expect("the same elements");
        let normalised = view.map_lanes(&self.axes, |from, to| self.lane(from, to));
        let normalised = normalised.reshape(shape).expect("the same elements");
        let column = |x: &Tensor<T>| x.reshape(&self.weight).expect("the same elements");
        match args {
            [_, weight, bias] => {
                let (weight, bias) = (column(weight), column(bias));
                Tensor::zip_all(&[&normalised, &weight, &bias], shape, |x| {
                    x[0] * x[1] + x[2]
                })
            }
            _ => Tensor::zip_all(&[&normalised, &column(args[1])], shape, |x| x[0] * x[1]),
        }
    }

    /// In the rule, the normalised elements and r, under the shape of the view.
    fn parts(&self, b: &dyn Builder, x: Id) -> [Id; 2] {
        let x = b.reshape(x, &self.view);
        let distances = match self.is_centred {
            true => centred(b, x, &self.axes),
            false => x,
        };
        // the scale falls out again, and so is a constant to derivatives of the rule
        let largest = MaxReduce {
            axes: Some(self.axes.iter().map(|&axis| axis as i64).collect()),
            keepdims: true,
        };
        let largest = b.apply(largest.into(), &[b.pointwise(Row::Abs, &[distances])]);
        let root = b.constant(self.eps.sqrt());
        let scale = b.pointwise(Row::Max, &[largest, root]);
        let scale = b.apply(StopGradient {}.into(), &[scale]);
        let near_one = b.div(distances, scale);
        let square = self.mean(b, b.pointwise(Row::Square, &[near_one]));
        let eps = b.div(b.div(b.constant(self.eps), scale), scale);
        let deviation = b.pointwise(Row::Sqrt, &[b.add(square, eps)]);
        let inverse = b.div(b.div(b.constant(1.0), deviation), scale);
        [b.div(near_one, deviation), inverse]
    }

    fn mean(&self, b: &dyn Builder, x: Id) -> Id {
        let axes = self.axes.iter().map(|&axis| axis as i64).collect();
        let op = Mean {
            axes: Some(axes),
            keepdims: true,
        };
        b.apply(op.into(), &[x])
    }

    /// With g = ct weight and n the normalised elements: r (g - mean of g - n mean of g n); ct n; ct.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let shape = b.shape(at.args[0]);
        let mut shares = Shares::new();
        if shape.count() == 0 {
            return shares;
        }
        if at.wanted[0] || at.wanted[1] {
            let [normalised, inverse] = self.parts(b, at.args[0]);
            if at.wanted[0] {
                let g = b.mul(ct, b.reshape(at.args[1], &self.weight));
                let g = b.reshape(g, &self.view);
                let along = self.mean(b, b.mul(g, normalised));
                let rest = match self.is_centred {
                    true => b.sub(g, self.mean(b, g)),
                    false => g,
                };
                let x = b.mul(inverse, b.sub(rest, b.mul(normalised, along)));
                shares.push((0, b.reshape(x, &shape)));
            }
            if at.wanted[1] {
                let share = b.mul(ct, b.reshape(normalised, &shape));
                shares.push((1, self.share(b, share, &b.shape(at.args[1]))));
            }
        }
        if at.wanted.get(2) == Some(&true) {
            shares.push((2, self.share(b, ct, &b.shape(at.args[2]))));
        }
        shares
    }

    /// A share of the shape of x for a weight of shape `own`: summed, unless it broadcasts and the sweep will sum.
    fn share(&self, b: &dyn Builder, share: Id, own: &Shape) -> Id {
        if *own == self.weight {
            return share;
        }
        let axes: Vec<i64> = (0..b.shape(share).rank() as i64)
            .filter(|&axis| axis != 1)
            .collect();
        b.sum(share, Some(axes), false)
    }
}

/// Mostly a small number, as it is meant; sometimes one that matters.
/// Whether lanes of so many elements are passed over: one or two give nearly the same whatever they are, so most of what
/// derivatives there are made of cancels.
fn is_dull(from: &mut Choices<'_>, lane: usize) -> bool {
    (1..3).contains(&lane) && from.chance(0.8)
}

fn draw_eps(from: &mut Choices<'_>, default: f64) -> f64 {
    *from.pick(&[default, default, 0.5, 1e-3])
}

impl LayerNorm {
    fn norm(&self, x: &Shape) -> Result<Norm, ShapeError> {
        Ok(Norm::layer(x, x.axis(self.axis)?, self.eps))
    }
}

impl Primitive for LayerNorm {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        check_eps("layer_norm", self.eps)?;
        check_weights("layer_norm", args, &self.norm(args[0])?.weight)
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let norm = self.norm(shape).expect("the shape rule checked the axis");
        Ok(norm.eval(args, shape))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let norm = self.norm(&b.shape(at.args[0]));
        norm.expect("the shape rule checked the axis")
            .vjp(b, at, ct)
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let axis = from.axis(x)?;
        let weight = Shape::from(&x[x.axis(axis).ok()?..]);
        if is_dull(from, weight.count()) {
            return None;
        }
        let op = Self {
            axis,
            eps: draw_eps(from, 1e-5),
        };
        Drawn::with(
            op,
            [Request::Tensor(weight.clone()), Request::Tensor(weight)],
        )
    }
}

impl Primitive for RmsNorm {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        check_eps("rms_norm", self.eps)?;
        args[0].axis(-1)?;
        check_weights("rms_norm", args, &Norm::rms(args[0], self.eps).weight)
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(Norm::rms(shape, self.eps).eval(args, shape))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        Norm::rms(&b.shape(at.args[0]), self.eps).vjp(b, at, ct)
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let weight = Shape::from([*x.last()?]);
        let eps = draw_eps(from, 1e-6);
        Drawn::with(Self { eps }, [Request::Tensor(weight)])
    }
}

impl Primitive for GroupNorm {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        check_eps("group_norm", self.eps)?;
        let channels = channels("group_norm", args[0])?;
        if self.groups == 0 || !channels.is_multiple_of(self.groups) {
            return shape_error!(
                "group_norm: the {channels} channels of x {} make no {} groups",
                args[0],
                self.groups
            );
        }
        check_weights("group_norm", args, &[channels].into())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(Norm::group(shape, self.groups, self.eps).eval(args, shape))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        Norm::group(&b.shape(at.args[0]), self.groups, self.eps).vjp(b, at, ct)
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        let rank = 1 + from.below(2);
        Some(draw_first(from, rank))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let channels = channels("", x).ok()?;
        let divisors: Vec<usize> = (1..=channels.max(1))
            .filter(|&d| channels.is_multiple_of(d))
            .collect();
        let groups = *from.pick(&divisors);
        if is_dull(from, x.count() / (x[0] * groups).max(1)) {
            return None;
        }
        let op = Self {
            groups,
            eps: draw_eps(from, 1e-5),
        };
        let weight = || Request::Tensor([channels].into());
        Drawn::with(op, [weight(), weight()])
    }
}

impl Primitive for BatchNormTrain {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        check_eps("batch_norm_train", self.eps)?;
        let channels = channels("batch_norm_train", args[0])?;
        check_weights("batch_norm_train", args, &[channels].into())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(Norm::batch(shape, self.eps).eval(args, shape))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        Norm::batch(&b.shape(at.args[0]), self.eps).vjp(b, at, ct)
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        let rank = 1 + from.below(2);
        Some(draw_first(from, rank))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let channels = channels("", x).ok()?;
        if is_dull(from, x.count() / channels.max(1)) {
            return None;
        }
        let eps = draw_eps(from, 1e-5);
        let weight = || Request::Tensor([channels].into());
        Drawn::with(Self { eps }, [weight(), weight()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::check::*;
    use crate::op::{Kind, Op};

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::LayerNorm);
        all_derivatives_agree(Kind::RmsNorm);
        all_derivatives_agree(Kind::GroupNorm);
        all_derivatives_agree(Kind::BatchNormTrain);
    }

    const EPS: f64 = 1.0;

    fn layer(axis: i64) -> LayerNorm {
        LayerNorm { axis, eps: EPS }
    }

    #[test]
    fn values() {
        // distances -1 and 1 with variance 1, -3 and 3 with variance 9
        let x = || Tensor::from([[1.0, 3.0], [10.0, 4.0]]);
        let (weight, bias) = (|| Tensor::from([2.0, 10.0]), || Tensor::from([0.5, 0.0]));
        let (two, ten) = (2f64.sqrt(), 10f64.sqrt());
        check(
            layer(-1),
            &[x(), weight(), bias()],
            [[0.5 - two, 10.0 / two], [0.5 + 6.0 / ten, -30.0 / ten]].into(),
        );
        check(
            RmsNorm { eps: EPS },
            &[x(), weight()],
            [
                [2.0 / 6f64.sqrt(), 30.0 / 6f64.sqrt()],
                [20.0 / 59f64.sqrt(), 40.0 / 59f64.sqrt()],
            ]
            .into(),
        );
        // a channel a column: distances 4.5, 0.5
        let (a, b) = (4.5 / 21.25f64.sqrt(), 0.5 / 1.25f64.sqrt());
        check(
            BatchNormTrain { eps: EPS },
            &[x(), weight(), bias()],
            [[0.5 - 2.0 * a, -10.0 * b], [0.5 + 2.0 * a, 10.0 * b]].into(),
        );
        let one = GroupNorm {
            groups: 1,
            eps: EPS,
        };
        check(
            one,
            &[x(), weight(), bias()],
            [[0.5 - two, 10.0 / two], [0.5 + 6.0 / ten, -30.0 / ten]].into(),
        );
        let each = GroupNorm {
            groups: 2,
            eps: EPS,
        };
        check(
            each,
            &[x(), weight(), bias()],
            [[0.5, 0.0], [0.5, 0.0]].into(),
        );
    }

    /// Norms over the same elements under other names.
    #[test]
    fn norms_agree() {
        let x = Tensor::from_fn([2, 4, 3, 2], |k| ((k * 7) % 11) as f64 - 3.0);
        let (weight, bias) = (Tensor::ones([4]), Tensor::zeros([4]));
        let eps = 1e-5;
        let value = |op: Op, args: [Tensor<f64>; 3]| evaluate(&op, &args);
        let group = |groups: usize| {
            let op = GroupNorm { groups, eps }.into();
            value(op, [x.clone(), weight.clone(), bias.clone()])
        };
        let flat = |shape: &[usize], axis: i64| {
            let over: Shape = shape[axis as usize..].into();
            let (ones, zeros) = (Tensor::ones(&over), Tensor::zeros(&over));
            let x = x.reshape(shape).unwrap();
            value(LayerNorm { axis, eps }.into(), [x, ones, zeros])
                .reshape([2, 4, 3, 2])
                .unwrap()
        };
        assert_eq!(group(1), flat(&[2, 24], 1));
        assert_eq!(group(2), flat(&[2, 2, 12], 2));
        assert_eq!(group(4), flat(&[2, 4, 3, 2], 2));
        let batch = value(
            BatchNormTrain { eps }.into(),
            [x.clone(), weight.clone(), bias.clone()],
        );
        let turned = x
            .transpose(&[1, 0, 2, 3])
            .unwrap()
            .reshape([4, 12])
            .unwrap();
        let by_layer = value(
            LayerNorm { axis: 1, eps }.into(),
            [turned, Tensor::ones([12]), Tensor::zeros([12])],
        );
        let back = by_layer
            .reshape([4, 2, 3, 2])
            .unwrap()
            .transpose(&[1, 0, 2, 3])
            .unwrap();
        assert_eq!(batch, back);
    }

    #[test]
    fn far_out() {
        let eps = 1e-5;
        let op = || LayerNorm { axis: 0, eps };
        let (weight, bias) = (|| Tensor::from([1.0, 1.0]), || Tensor::from([0.0, 0.0]));
        for size in [1e300, 1e200, 1e30] {
            check(
                op(),
                &[[size, -size].into(), weight(), bias()],
                [1.0, -1.0].into(),
            );
            check_pull(
                op(),
                &[[size, -size].into(), weight(), bias()],
                [1.0, 3.0].into(),
                &[[0.0, 0.0].into(), [1.0, -3.0].into(), [1.0, 3.0].into()],
            );
            check(
                RmsNorm { eps },
                &[[size, size].into(), weight()],
                [1.0, 1.0].into(),
            );
        }
        // elements that are close beside their size keep their distances
        let near = 4503599627370496.0; // 2^52
        let y = evaluate(
            &op().into(),
            &[[near + 1.0, near - 1.0].into(), weight(), bias()],
        );
        assert!(
            (y.at(&[0]) - 1.0 / (1.0 + eps).sqrt()).abs() < 1e-15,
            "{y:?}"
        );
        // equal elements are 0, and small ones as small as they are
        check(
            op(),
            &[[0.1, 0.1].into(), weight(), bias()],
            [0.0, 0.0].into(),
        );
        let tiny = 1e-300;
        check(
            op(),
            &[[tiny, -tiny].into(), weight(), bias()],
            [tiny / eps.sqrt(), -tiny / eps.sqrt()].into(),
        );
    }

    #[test]
    fn sizes() {
        let eps = EPS;
        check(
            BatchNormTrain { eps },
            &[
                Tensor::zeros([0, 2, 3]),
                Tensor::ones([2]),
                Tensor::ones([2]),
            ],
            Tensor::zeros([0, 2, 3]),
        );
        check_pull(
            GroupNorm { groups: 1, eps },
            &[
                Tensor::zeros([0, 2, 3]),
                Tensor::ones([2]),
                Tensor::ones([2]),
            ],
            Tensor::zeros([0, 2, 3]),
            &[
                Tensor::zeros([0, 2, 3]),
                Tensor::zeros([2]),
                Tensor::zeros([2]),
            ],
        );
        check_refused(layer(0), &[&[], &[], &[]], "does not exist");
        check_refused(
            layer(-2),
            &[&[2, 3], &[3], &[2, 3]],
            "a weight of shape [2, 3], found [3]",
        );
        check_refused(
            layer(-1),
            &[&[2, 3], &[3], &[2]],
            "a bias of shape [3], found [2]",
        );
        check_refused(RmsNorm { eps }, &[&[], &[]], "does not exist");
        check_refused(
            GroupNorm { groups: 3, eps },
            &[&[2, 4], &[4], &[4]],
            "4 channels of x [2, 4] make no 3 groups",
        );
        check_refused(
            GroupNorm { groups: 0, eps },
            &[&[2, 4], &[4], &[4]],
            "make no 0 groups",
        );
        check_refused(
            BatchNormTrain { eps },
            &[&[2], &[2], &[2]],
            "channels on axis 1",
        );
        for eps in [-1.0, f64::NAN, f64::INFINITY] {
            check_refused(RmsNorm { eps }, &[&[2], &[2]], "not negative");
        }
    }
}
