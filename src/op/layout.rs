//! Layout: operations that read the same elements in another order or under another shape, and copy nothing where
//! strides can say it.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::primitive::{DomainError, Linearity, Primitive, structural};
use crate::number::Real;
use crate::tensor::{Range, Shape, ShapeError, Tensor, resolve_axis, shape_error};

structural! {
    /// The same elements in row-major order under another shape; one size may be -1.
    Reshape reshape(x; shape: Vec<i64>);
    /// Axis k of the result is axis perm[k] of x; by default the axes are reversed.
    Transpose transpose(x; perm: Option<Vec<i64>> = None);
    /// Repeated along new axes and along axes of size 1.
    BroadcastTo broadcast_to(x; shape: Vec<i64>);
    /// Without the named axes, each of which has size 1.
    Squeeze squeeze(x; axes: Vec<i64>);
    /// With new axes of size 1, which are named by their places in the result.
    Unsqueeze unsqueeze(x; axes: Vec<i64>);
    /// Along each axis the places start, start + step, .. before stop, as in Python;
    /// an entry none is the end that the step's sign implies, and a list that is none takes its defaults on every axis.
    Slice slice(x; start: Option<Vec<Option<i64>>> = None, stop: Option<Vec<Option<i64>>> = None, step: Option<Vec<i64>> = None);
    /// The elements along the named axes in reverse; none reverses all axes.
    Flip flip(x; axes: Option<Vec<i64>>);
}

impl Primitive for Reshape {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let open = self.shape.iter().filter(|&&n| n == -1).count();
        let known: Option<usize> = self
            .shape
            .iter()
            .filter(|&&n| n != -1)
            .try_fold(1usize, |product, &n| {
                product.checked_mul(usize::try_from(n).ok()?)
            });
        let count = args[0].count();
        match (open, known) {
            (0, Some(known)) if known == count => {}
            (1, Some(known)) if known > 0 && count.is_multiple_of(known) => {}
            _ => {
                return shape_error!(
                    "{} elements of shape {} do not fill shape {:?}",
                    count,
                    args[0],
                    self.shape
                );
            }
        }
        Ok(self
            .shape
            .iter()
            .map(|&n| {
                if n == -1 {
                    count / known.unwrap_or(1)
                } else {
                    n as usize
                }
            })
            .collect())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0]
            .reshape(shape)
            .expect("the shape rule checked the count"))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        share(b.reshape(ct, &b.shape(at.args[0])))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let mut shape = vec![x.count() as i64];
        // split the last size at a divisor, a few times
        for _ in 0..from.below(3) {
            let last = *shape.last().expect("one size at least");
            let divisors: Vec<i64> = (1..=last.max(1)).filter(|d| last % d == 0).collect();
            let d = *from.pick(&divisors);
            shape.pop();
            shape.extend([d, last / d]);
        }
        if x.count() == 1 && from.chance(0.3) {
            shape.clear();
        } else if x.count() > 0 && from.chance(0.3) {
            let open = from.below(shape.len());
            shape[open] = -1;
        }
        Drawn::alone(Self { shape })
    }
}

impl Transpose {
    fn permutation(&self, rank: usize) -> Result<Vec<usize>, ShapeError> {
        match &self.perm {
            None => Ok((0..rank).rev().collect()),
            Some(perm) => {
                let axes = perm
                    .iter()
                    .map(|&axis| resolve_axis(axis, rank))
                    .collect::<Result<Vec<_>, _>>()?;
                let mut sorted = axes.clone();
                sorted.sort_unstable();
                match sorted.iter().copied().eq(0..rank) {
                    true => Ok(axes),
                    false => shape_error!("perm={perm:?} is not a permutation of {rank} axes"),
                }
            }
        }
    }
}

impl Primitive for Transpose {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(self
            .permutation(args[0].rank())?
            .into_iter()
            .map(|axis| args[0][axis])
            .collect())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let perm = self
            .permutation(args[0].rank())
            .expect("the shape rule checked the permutation");
        Ok(args[0]
            .transpose(&perm)
            .expect("the shape rule checked the permutation"))
    }

    fn vjp(&self, b: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
        let perm = self
            .permutation(b.shape(ct).rank())
            .expect("the shape rule checked the permutation");
        let mut inverse = vec![0; perm.len()];
        for (to, &from) in perm.iter().enumerate() {
            inverse[from] = to as i64;
        }
        share(b.transpose(ct, inverse))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        if from.chance(0.2) {
            return Drawn::alone(Self { perm: None });
        }
        let rank = x.rank() as i64;
        let perm = from.permutation(x.rank());
        let signed = perm.iter().map(|&axis| {
            if from.chance(0.2) {
                axis as i64 - rank
            } else {
                axis as i64
            }
        });
        Drawn::alone(Self {
            perm: Some(signed.collect()),
        })
    }
}

impl Primitive for BroadcastTo {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let sizes: Option<Shape> = self
            .shape
            .iter()
            .map(|&n| usize::try_from(n).ok())
            .collect::<Option<Vec<_>>>()
            .map(Shape::from);
        match sizes {
            Some(shape) if args[0].broadcasts_to(&shape) => Ok(shape),
            _ => shape_error!("shape {} does not broadcast to {:?}", args[0], self.shape),
        }
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0]
            .broadcast_to(shape)
            .expect("the shape rule checked it"))
    }

    /// The sweep sums what broadcasting repeated: the share is the cotangent itself.
    fn vjp(&self, _: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
        share(ct)
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let mut left = 4;
        let mut times = |from: &mut Choices<'_>| {
            let n = if from.chance(0.05) {
                0
            } else {
                1 + from.below(left)
            };
            left /= n.max(1);
            n as i64
        };
        let mut shape: Vec<i64> = (0..from.below(3)).map(|_| times(from)).collect();
        let size = |&n: &usize| if n == 1 { times(from) } else { n as i64 };
        shape.extend(x.iter().map(size));
        Drawn::alone(Self { shape })
    }
}

impl Primitive for Squeeze {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let axes = args[0].axes(Some(&self.axes))?;
        if let Some(axis) = axes.iter().find(|&&axis| args[0][axis] != 1) {
            return shape_error!(
                "squeeze drops axes of size 1 only, and axis {axis} of shape {} has size {}",
                args[0],
                args[0][*axis]
            );
        }
        Ok(args[0].reduced(&axes, false))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0].reshape(shape).expect("the same elements"))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        share(b.reshape(ct, &b.shape(at.args[0])))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let mut axes = Vec::new();
        for axis in (0..x.rank()).filter(|&axis| x[axis] == 1) {
            if from.chance(0.7) {
                axes.push(signed(from, axis, x.rank()));
            }
        }
        Drawn::alone(Self { axes })
    }
}

impl Primitive for Unsqueeze {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let rank = args[0].rank() + self.axes.len();
        let mut new = vec![false; rank];
        for &axis in &self.axes {
            if std::mem::replace(&mut new[resolve_axis(axis, rank)?], true) {
                return shape_error!("axis {axis} is named twice in {:?}", self.axes);
            }
        }
        let mut old = args[0].iter().copied();
        let size = |new| if new { Some(1) } else { old.next() };
        Ok(new.into_iter().filter_map(size).collect())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0].reshape(shape).expect("the same elements"))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        share(b.reshape(ct, &b.shape(at.args[0])))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let new = from.below(if x.rank() < 4 { 3 } else { 2 });
        let rank = x.rank() + new;
        let places = from.permutation(rank);
        let axes = places[..new]
            .iter()
            .map(|&axis| signed(from, axis, rank))
            .collect();
        Drawn::alone(Self { axes })
    }
}

impl Slice {
    fn ranges(&self, x: &Shape) -> Result<Vec<Range>, ShapeError> {
        let lengths = [
            ("start", self.start.as_ref().map(Vec::len)),
            ("stop", self.stop.as_ref().map(Vec::len)),
            ("step", self.step.as_ref().map(Vec::len)),
        ];
        for (name, length) in lengths {
            if let Some(found) = length.filter(|&n| n != x.rank()) {
                return shape_error!(
                    "slice takes one {name} an axis: expected {} for shape {x}, found {found}",
                    x.rank()
                );
            }
        }
        let entry = |list: &Option<Vec<Option<i64>>>, axis: usize| {
            list.as_ref().and_then(|places: &Vec<_>| places[axis])
        };
        let range = |axis: usize| {
            let step = self.step.as_ref().map_or(1, |steps| steps[axis]);
            let (start, stop) = (entry(&self.start, axis), entry(&self.stop, axis));
            Range::resolve(x[axis], start, stop, step)
        };
        (0..x.rank()).map(range).collect()
    }
}

impl Primitive for Slice {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let ranges = self.ranges(args[0])?;
        Ok(ranges.iter().map(|range| range.count).collect())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let ranges = self.ranges(args[0].shape());
        Ok(args[0].slice(&ranges.expect("the shape rule checked the ranges")))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        if b.shape(ct).count() == 0 {
            return Shares::new();
        }
        let x = b.shape(at.args[0]);
        let ranges = self.ranges(&x).expect("the shape rule checked the ranges");
        share(b.unslice(ct, &x, &ranges))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let (mut start, mut stop, mut step) = (Vec::new(), Vec::new(), Vec::new());
        for &n in x.iter() {
            let (first, end, by) = draw_range(from, n);
            start.push(first);
            stop.push(end);
            step.push(by);
        }
        // a list that holds only defaults may be left out
        let mut given = |needed: bool| needed || from.chance(0.5);
        let (some_start, some_stop) = (
            given(start.iter().any(Option::is_some)),
            given(stop.iter().any(Option::is_some)),
        );
        let some_step = given(step.iter().any(|&by| by != 1));
        Drawn::alone(Self {
            start: some_start.then_some(start),
            stop: some_stop.then_some(stop),
            step: some_step.then_some(step),
        })
    }
}

/// A start, a stop and a step for an axis of size `n`; rarely ones that take nothing.
fn draw_range(from: &mut Choices<'_>, n: usize) -> (Option<i64>, Option<i64>, i64) {
    let step = *from.pick(&[1, 1, 1, 2, 3, -1, -2, -3]);
    let size = n as i64;
    if n == 0 || from.chance(0.03) {
        let place = |from: &mut Choices<'_>| Some(from.between(-size - 2, size + 2));
        return (place(from), place(from), step);
    }
    let (one, other) = (from.between(0, size - 1), from.between(0, size - 1));
    let (low, high) = match from.chance(0.4) {
        true => (0, size - 1),
        false => (one.min(other), one.max(other)),
    };
    let (first, last) = if step > 0 { (low, high) } else { (high, low) };
    let end = last + step.signum();
    let start = match first == if step > 0 { 0 } else { size - 1 } {
        true if from.chance(0.5) => None,
        true if from.chance(0.3) => Some(if step > 0 { -size - 1 } else { size + 1 }),
        _ => Some(signed(from, first as usize, n)),
    };
    let stop = match end {
        // the place before the first has no number of its own: -1 is the last one
        -1 if from.chance(0.3) => Some(-size - 1),
        -1 => None,
        end if end == size && from.chance(0.5) => None,
        end if end == size => Some(size + from.between(0, 1)),
        end => Some(signed(from, end as usize, n)),
    };
    (start, stop, step)
}

impl Flip {
    fn axes(&self, x: &Shape) -> Result<Vec<usize>, ShapeError> {
        x.axes(self.axes.as_deref())
    }
}

impl Primitive for Flip {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        self.axes(args[0])?;
        Ok(args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let axes = self.axes(shape).expect("the shape rule checked the axes");
        Ok(args[0].flip(&axes))
    }

    fn vjp(&self, b: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
        share(b.apply(self.clone().into(), &[ct]))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self { axes: from.axes(x) })
    }
}

/// `axis` as an attribute may write it: sometimes counted from the end.
pub(super) fn signed(from: &mut Choices<'_>, axis: usize, rank: usize) -> i64 {
    if from.chance(0.3) {
        axis as i64 - rank as i64
    } else {
        axis as i64
    }
}

/// Slices and their adjoints, for rules.
impl<'d> dyn Builder + 'd {
    /// `counts` places from `first` on, an entry an axis.
    pub(crate) fn window(&self, x: Id, first: &[usize], counts: &[usize]) -> Id {
        if *self.shape(x) == *counts {
            return x;
        }
        let ends = first.iter().zip(counts).map(|(&i, &n)| i + n);
        let slice = Slice {
            start: Some(first.iter().map(|&i| Some(i as i64)).collect()),
            stop: Some(ends.map(|end| Some(end as i64)).collect()),
            step: None,
        };
        self.apply(slice.into(), &[x])
    }

    /// `count` places of one axis from `first` on.
    pub(crate) fn narrow(&self, x: Id, axis: usize, first: usize, count: usize) -> Id {
        let mut starts = vec![0; self.shape(x).rank()];
        starts[axis] = first;
        self.window(x, &starts, &self.shape(x).with(axis, count))
    }

    /// One axis in reverse.
    pub(crate) fn flip(&self, x: Id, axes: Vec<i64>) -> Id {
        if axes.is_empty() {
            return x;
        }
        self.apply(Flip { axes: Some(axes) }.into(), &[x])
    }

    /// The adjoint of a slice: zeros of shape `x`, but for `ct` at the places of `ranges`, which are not empty.
    ///
    /// No index is made: a stride is a row that ends in zeros, read as one axis.
    pub(crate) fn unslice(&self, ct: Id, x: &Shape, ranges: &[Range]) -> Id {
        // the step of a single element says nothing
        let step = |range: &Range| if range.count > 1 { range.step } else { 1 };
        let backwards = (0..ranges.len()).filter(|&axis| step(&ranges[axis]) < 0);
        let mut ct = self.flip(ct, backwards.map(|axis| axis as i64).collect());

        let (mut split, mut pads, mut joined) = (Vec::new(), Vec::new(), Vec::new());
        for range in ranges {
            split.push(range.count);
            pads.push([0, 0]);
            let stride = step(range).unsigned_abs();
            if stride > 1 {
                split.push(1);
                pads.push([0, stride - 1]);
            }
            joined.push(range.count * stride);
        }
        ct = self.reshape(ct, &split.into());
        ct = self.reshape(self.pad(ct, pads), &joined.clone().into());

        // the zeros behind the last element may reach beyond the axis
        let low = |range: &Range| match step(range) {
            by if by < 0 => range.first - (range.count - 1) * by.unsigned_abs(),
            _ => range.first,
        };
        let lows: Vec<usize> = ranges.iter().map(low).collect();
        let inside: Vec<usize> = (0..ranges.len())
            .map(|axis| joined[axis].min(x[axis] - lows[axis]))
            .collect();
        ct = self.window(ct, &vec![0; ranges.len()], &inside);
        let around = |axis: usize| [lows[axis], x[axis] - lows[axis] - inside[axis]];
        self.pad(ct, (0..ranges.len()).map(around).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::testing::{apply, check_adjoint, check_error, check_value, counting};
    use super::*;

    #[test]
    fn rules_are_adjoints() {
        check_adjoint::<Reshape>();
        check_adjoint::<Transpose>();
        check_adjoint::<BroadcastTo>();
        check_adjoint::<Squeeze>();
        check_adjoint::<Unsqueeze>();
        check_adjoint::<Flip>();
        let slices = check_adjoint::<Slice>();
        let steps = |want: fn(i64) -> bool| {
            slices
                .iter()
                .filter(|op| op.step.iter().flatten().any(|&by| want(by)))
                .count()
        };
        assert!(steps(|by| by < -1) > 50 && steps(|by| by > 1) > 50);
    }

    #[test]
    fn axes_of_size_one_come_and_go() {
        check_value(
            Squeeze { axes: vec![-1, 0] },
            &[&counting(&[1, 2, 1])],
            &[2],
            &[0.0, 1.0],
        );
        check_value(Squeeze { axes: vec![] }, &[&counting(&[1])], &[1], &[0.0]);
        check_error(
            Squeeze { axes: vec![1] },
            &[&counting(&[1, 2])],
            "axis 1 of shape [1, 2] has size 2",
        );
        check_error(
            Squeeze { axes: vec![0, -2] },
            &[&counting(&[1, 1])],
            "named twice",
        );
        check_error(Squeeze { axes: vec![0] }, &[&counting(&[])], "0-d");
        check_value(
            Unsqueeze { axes: vec![0, -1] },
            &[&counting(&[2])],
            &[1, 2, 1],
            &[0.0, 1.0],
        );
        check_value(Unsqueeze { axes: vec![0] }, &[&counting(&[])], &[1], &[0.0]);
        check_value(
            Unsqueeze { axes: vec![1] },
            &[&counting(&[2, 0])],
            &[2, 1, 0],
            &[],
        );
        check_error(
            Unsqueeze { axes: vec![0, -3] },
            &[&counting(&[2])],
            "named twice",
        );
        check_error(
            Unsqueeze {
                axes: vec![i64::MIN],
            },
            &[&counting(&[2])],
            "does not exist",
        );
        check_error(
            Unsqueeze {
                axes: vec![i64::MAX],
            },
            &[&counting(&[2])],
            "expected one of -2..=1",
        );
    }

    #[test]
    fn slices_are_those_of_python() {
        #[track_caller]
        fn check(places: [Option<i64>; 2], step: i64, expected: &[f64]) {
            let op = Slice {
                start: Some(vec![places[0]]),
                stop: Some(vec![places[1]]),
                step: Some(vec![step]),
            };
            check_value(op, &[&counting(&[5])], &[expected.len()], expected);
        }
        check([Some(1), Some(4)], 1, &[1.0, 2.0, 3.0]);
        check([None, None], -2, &[4.0, 2.0, 0.0]);
        check([Some(-2), None], 1, &[3.0, 4.0]);
        check([Some(3), Some(0)], -1, &[3.0, 2.0, 1.0]);
        check([Some(3), Some(0)], 1, &[]);
        check([Some(i64::MIN), Some(i64::MAX)], i64::MAX, &[0.0]);
        check([Some(i64::MAX), Some(i64::MIN)], i64::MIN, &[4.0]);

        let all = Slice {
            start: None,
            stop: None,
            step: None,
        };
        check_value(all.clone(), &[&counting(&[])], &[], &[0.0]);
        check_value(all.clone(), &[&counting(&[2])], &[2], &[0.0, 1.0]);
        let rows = Slice {
            stop: Some(vec![Some(-1), None]),
            step: Some(vec![1, -1]),
            ..all.clone()
        };
        check_value(rows, &[&counting(&[2, 2])], &[1, 2], &[1.0, 0.0]);
        let short = Slice {
            stop: Some(vec![Some(1)]),
            ..all.clone()
        };
        check_error(
            short,
            &[&counting(&[2, 2])],
            "one stop an axis: expected 2 for shape [2, 2], found 1",
        );
        check_error(
            Slice {
                step: Some(vec![0]),
                ..all
            },
            &[&counting(&[2])],
            "step must not be 0",
        );
    }

    #[test]
    fn nothing_is_copied() {
        let x = counting(&[4, 1, 6]);
        let ops: [Op; 4] = [
            Squeeze { axes: vec![1] }.into(),
            Unsqueeze { axes: vec![0] }.into(),
            Flip { axes: None }.into(),
            Slice {
                start: None,
                stop: None,
                step: Some(vec![-2, 1, 3]),
            }
            .into(),
        ];
        for op in ops {
            let y = apply(op.clone(), &[&x]).unwrap();
            assert!(x.shares_data(&y), "{op:?}");
        }
    }

    #[test]
    fn flips() {
        let x = counting(&[2, 2]);
        check_value(Flip { axes: None }, &[&x], &[2, 2], &[3.0, 2.0, 1.0, 0.0]);
        check_value(
            Flip {
                axes: Some(vec![-1]),
            },
            &[&x],
            &[2, 2],
            &[1.0, 0.0, 3.0, 2.0],
        );
        check_value(
            Flip { axes: Some(vec![]) },
            &[&x],
            &[2, 2],
            &[0.0, 1.0, 2.0, 3.0],
        );
        check_value(Flip { axes: None }, &[&counting(&[])], &[], &[0.0]);
        check_error(
            Flip {
                axes: Some(vec![0]),
            },
            &[&counting(&[])],
            "0-d",
        );
        check_error(
            Flip {
                axes: Some(vec![0, -2]),
            },
            &[&x],
            "named twice",
        );
    }
}
