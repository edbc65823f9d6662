//! Upsampling by integers: elements repeated, or interpolated linearly.
//!
//! Interpolation goes axis by axis: each new place lies between two old ones, with weights that are fractions of
//! integers. They are divided in the arithmetic of the program, and so are as exact as that is.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::primitive::{DomainError, Linearity, Primitive};
use super::spatial::{Numbers, checked, digit, draw_first, spatial};
use super::{PerAxis, ScatterAdd, UpsampleBilinear, UpsampleNearest};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// The shape with `rank` spatial axes `scale` times as long, and the scales.
fn scaled(
    op: &str,
    x: &Shape,
    scale: &PerAxis,
    rank: usize,
) -> Result<(Shape, Numbers), ShapeError> {
    let sizes = spatial(op, x, rank)?;
    let scales = scale.resolve(op, "scale", rank, 1)?;
    let mut y = x.clone();
    for (axis, (&n, &scale)) in sizes.iter().zip(&scales).enumerate() {
        let Some(size) = checked(n, scale, 0) else {
            return shape_error!(
                "{op}: {scale} times axis {} of x {x} is larger than memory can address",
                axis + 2
            );
        };
        y = y.with(axis + 2, size);
    }
    Ok((y, scales))
}

/// Scales for spatial axes, whose product is at most 4.
fn draw_scale(from: &mut Choices<'_>, sizes: &[usize]) -> PerAxis {
    let (mut word, mut room) = (from.word() as usize, 4);
    let scale = |_: &usize| {
        let scale = [2, 1, 3, 2, 4][digit(&mut word, 5)];
        let scale = if scale > room { 1 } else { scale };
        room /= scale;
        scale
    };
    let mut scales: Numbers = sizes.iter().map(scale).collect();
    if digit(&mut word, 2) == 1 {
        scales.reverse();
    }
    scales.as_slice().into()
}

impl UpsampleNearest {
    fn resolve(&self, x: &Shape) -> Result<(Shape, Numbers), ShapeError> {
        match x.rank() {
            3..=5 => scaled("upsample_nearest", x, &self.scale, x.rank() - 2),
            _ => shape_error!(
                "upsample_nearest takes x of rank 3 to 5: N, C and one to three spatial axes; found shape {x}"
            ),
        }
    }
}

impl Primitive for UpsampleNearest {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(self.resolve(args[0])?.0)
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        if shape.count() == 0 {
            return Ok(Tensor::zeros(shape));
        }
        let (_, scales) = self
            .resolve(args[0].shape())
            .expect("the shape rule checked the scale");
        let mut y = args[0].clone();
        for (axis, &scale) in scales.iter().enumerate().filter(|&(_, &scale)| scale > 1) {
            let places: Vec<usize> = (0..shape[axis + 2]).map(|place| place / scale).collect();
            y = y.pick(axis + 2, &places);
        }
        Ok(y)
    }

    /// The sums of the repeats.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = b.shape(at.args[0]);
        if x.count() == 0 {
            return Shares::new();
        }
        let (_, scales) = self.resolve(&x).expect("the shape rule checked the scale");
        let apart = x[2..]
            .iter()
            .zip(&scales)
            .flat_map(|(&n, &scale)| [n, scale]);
        let apart: Shape = x[..2].iter().copied().chain(apart).collect();
        let repeats = (0..scales.len()).map(|axis| 2 * axis as i64 + 3);
        share(b.sum(b.reshape(ct, &apart), Some(repeats.collect()), false))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        let rank = 1 + from.below(3);
        Some(draw_first(from, rank))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let scale = (3..=5)
            .contains(&x.rank())
            .then(|| draw_scale(from, &x[2..]))?;
        Drawn::alone(Self { scale })
    }
}

/// For each new place of an axis the old place before it, the one behind it, and the numerator of the latter's weight.
struct Between {
    before: Vec<usize>,
    after: Vec<usize>,
    numerators: Vec<usize>,
    denominator: usize,
}

impl Between {
    /// New places on an axis of `n`, which is not 0, `scale` for each old one.
    fn of(n: usize, scale: usize, align_corners: bool) -> Self {
        let count = n * scale;
        // the position of a new place is a fraction of the denominator
        let denominator = match align_corners {
            true => (count - 1).max(1),
            false => 2 * scale,
        };
        let position = |place: usize| match align_corners {
            true => place * (n - 1),
            // the middles of cells; before the first one its value goes on
            false => (2 * place + 1).saturating_sub(scale),
        };
        let positions: Vec<usize> = (0..count).map(position).collect();
        let before: Vec<usize> = positions.iter().map(|p| p / denominator).collect();
        let after = before.iter().map(|&place| (place + 1).min(n - 1)).collect();
        Self {
            before,
            after,
            numerators: positions.iter().map(|p| p % denominator).collect(),
            denominator,
        }
    }

    /// The weights of the places before and after.
    fn weights<T: Real>(&self) -> Vec<[T; 2]> {
        let part = |n: usize| T::of(n as f64) / T::of(self.denominator as f64);
        self.numerators
            .iter()
            .map(|&n| [part(self.denominator - n), part(n)])
            .collect()
    }

    fn interpolate<T: Real>(&self, x: &Tensor<T>, axis: usize) -> Tensor<T> {
        let shape = x.shape().with(axis, self.before.len());
        let (whole, weights) = (x.contiguous(), self.weights());
        let data = whole.as_slice().expect("contiguous by construction");
        let inner: usize = shape[axis + 1..].iter().product();
        let mut y: Vec<T> = Vec::with_capacity(shape.count());
        for image in data.chunks_exact(x.shape()[axis] * inner) {
            for (k, [w0, w1]) in weights.iter().enumerate() {
                let before = &image[self.before[k] * inner..][..inner];
                // a place that an old one lies on takes nothing from its neighbour
                if self.numerators[k] == 0 {
                    y.extend_from_slice(before);
                    continue;
                }
                let after = &image[self.after[k] * inner..][..inner];
                for (&a, &b) in before.iter().zip(after) {
                    y.push(a * *w0 + b * *w1);
                }
            }
        }
        Tensor::raw(shape, y)
    }

    fn adjoint(&self, b: &dyn Builder, ct: Id, axis: usize, n: usize) -> Id {
        let shape = b.shape(ct);
        let along = |numbers: Vec<f64>| {
            let trailing = std::iter::repeat_n(1, shape.rank() - axis - 1);
            let column: Shape = std::iter::once(numbers.len()).chain(trailing).collect();
            b.literal(Tensor::raw(column, numbers))
        };
        let index = |places: &[usize]| {
            let places: Vec<f64> = places.iter().map(|&place| place as f64).collect();
            b.literal(places.into())
        };
        let denominator = self.denominator;
        let part = |numerator: fn(usize, usize) -> usize| {
            let numerators = self
                .numerators
                .iter()
                .map(|&n| numerator(n, denominator) as f64);
            let weights = b.div(along(numerators.collect()), b.constant(denominator as f64));
            b.mul(ct, weights)
        };
        let scatter = |onto: Id, places: &[usize], part: Id| {
            let op = ScatterAdd { axis: axis as i64 };
            b.apply(op.into(), &[onto, index(places), part])
        };
        let zeros = b.zeros(&shape.with(axis, n));
        let onto = scatter(zeros, &self.before, part(|n, denominator| denominator - n));
        scatter(onto, &self.after, part(|n, _| n))
    }
}

impl Primitive for UpsampleBilinear {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(scaled("upsample_bilinear", args[0], &self.scale, 2)?.0)
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        if shape.count() == 0 {
            return Ok(Tensor::zeros(shape));
        }
        let scaled = scaled("upsample_bilinear", args[0].shape(), &self.scale, 2);
        let (_, scales) = scaled.expect("the shape rule checked the scale");
        let mut y = args[0].clone();
        for axis in [3, 2] {
            let between = Between::of(y.shape()[axis], scales[axis - 2], self.align_corners);
            y = between.interpolate(&y, axis);
        }
        Ok(y)
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = b.shape(at.args[0]);
        if x.count() == 0 {
            return Shares::new();
        }
        let scaled = scaled("upsample_bilinear", &x, &self.scale, 2);
        let (_, scales) = scaled.expect("the shape rule checked the scale");
        let adjoint = |ct: Id, axis: usize| {
            let between = Between::of(x[axis], scales[axis - 2], self.align_corners);
            between.adjoint(b, ct, axis, x[axis])
        };
        share(adjoint(adjoint(ct, 2), 3))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        Some(draw_first(from, 2))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let scale = (x.rank() == 4).then(|| draw_scale(from, &x[2..]))?;
        Drawn::alone(Self {
            scale,
            align_corners: from.chance(0.5),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_adjoint;
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::UpsampleNearest);
        all_derivatives_agree(Kind::UpsampleBilinear);
        check_adjoint::<UpsampleNearest>();
    }

    fn nearest(scale: impl Into<PerAxis>) -> UpsampleNearest {
        UpsampleNearest {
            scale: scale.into(),
        }
    }

    fn bilinear(scale: impl Into<PerAxis>, align_corners: bool) -> UpsampleBilinear {
        UpsampleBilinear {
            scale: scale.into(),
            align_corners,
        }
    }

    #[test]
    fn values() {
        let x = || Tensor::from([[[1.0, 2.0]]]);
        check(
            nearest(3),
            &[x()],
            [[[1.0, 1.0, 1.0, 2.0, 2.0, 2.0]]].into(),
        );
        let plane = || Tensor::new([1, 1, 2, 2], vec![0.0, 4.0, 8.0, 12.0]).unwrap();
        let y = Tensor::new([1, 1, 2, 4], vec![0.0, 0.0, 4.0, 4.0, 8.0, 8.0, 12.0, 12.0]);
        check(nearest([1, 2]), &[plane()], y.unwrap());
        let y = Tensor::new([1, 1, 2, 4], vec![0.0, 1.0, 3.0, 4.0, 8.0, 9.0, 11.0, 12.0]);
        check(bilinear([1, 2], false), &[plane()], y.unwrap());
        let y = vec![
            0.0,
            4.0,
            8.0 / 3.0,
            20.0 / 3.0,
            16.0 / 3.0,
            28.0 / 3.0,
            8.0,
            12.0,
        ];
        check(
            bilinear([2, 1], true),
            &[plane()],
            Tensor::new([1, 1, 4, 2], y).unwrap(),
        );
        // an old place keeps its value beside an infinite one
        let inf = f64::INFINITY;
        let y = Tensor::new([1, 1, 1, 4], vec![1.0, inf, inf, inf]);
        let x = Tensor::new([1, 1, 1, 2], vec![1.0, inf]).unwrap();
        check(bilinear([1, 2], true), &[x], y.unwrap());
    }

    #[test]
    fn sizes() {
        check(
            nearest(2),
            &[Tensor::zeros([0, 1, 2, 3])],
            Tensor::zeros([0, 1, 4, 6]),
        );
        check(
            bilinear(2, false),
            &[Tensor::zeros([1, 1, 0, 3])],
            Tensor::zeros([1, 1, 0, 6]),
        );
        check(
            bilinear(3, true),
            &[Tensor::ones([1, 1, 1, 1])],
            Tensor::ones([1, 1, 3, 3]),
        );
        check_refused(nearest(2), &[&[1, 2]], "of rank 3 to 5");
        check_refused(nearest([2, 3]), &[&[1, 2, 3]], "scale has 2 entries");
        check_refused(nearest(0), &[&[1, 2, 3]], "scale of 0");
        check_refused(nearest(usize::MAX), &[&[1, 2, 3]], "larger than memory");
        check_refused(bilinear(2, true), &[&[1, 2, 3]], "of rank 4");
    }
}
