//! Slices: operations that read the elements along the axes from another place on, in another order, or only some of
//! them; and their adjoints, which other rules use too.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::layout::{checked_axis, signed};
use super::primitive::{DomainError, Linearity, Primitive};
use super::{Flip, Roll, Slice};
use crate::number::Real;
use crate::tensor::{Range, Shape, ShapeError, Tensor, shape_error};

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

impl Primitive for Roll {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        args[0].axis(self.axis)?;
        Ok(args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let axis = checked_axis(self.axis, shape.rank());
        // the element that comes to the front
        let front = match shape[axis] {
            0 => 0,
            n => (-i128::from(self.shift)).rem_euclid(n as i128) as usize,
        };
        if front == 0 {
            return Ok(args[0].clone());
        }
        let part = |first, count| {
            args[0].narrow(
                axis,
                Range {
                    first,
                    step: 1,
                    count,
                },
            )
        };
        let (tail, head) = (part(front, shape[axis] - front), part(0, front));
        Ok(Tensor::concat(&[&tail, &head], axis))
    }

    fn vjp(&self, b: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
        let n = b.shape(ct)[checked_axis(self.axis, b.shape(ct).rank())];
        if n == 0 {
            return share(ct);
        }
        let back = Self {
            shift: (-i128::from(self.shift)).rem_euclid(n as i128) as i64,
            axis: self.axis,
        };
        share(b.apply(back.into(), &[ct]))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let axis = from.axis(x)?;
        let n = x[checked_axis(axis, x.rank())] as i64;
        Drawn::alone(Self {
            shift: from.between(-2 * n - 1, 2 * n + 1),
            axis,
        })
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
    use super::super::{Squeeze, Unsqueeze};
    use super::*;

    #[test]
    fn rules_are_adjoints() {
        check_adjoint::<Roll>();
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

    #[test]
    fn rolls() {
        #[track_caller]
        fn check(shift: i64, expected: [f64; 4]) {
            check_value(
                Roll { shift, axis: -1 },
                &[&counting(&[4])],
                &[4],
                &expected,
            );
        }
        check(1, [3.0, 0.0, 1.0, 2.0]);
        check(-1, [1.0, 2.0, 3.0, 0.0]);
        check(9, [3.0, 0.0, 1.0, 2.0]);
        check(i64::MIN, [0.0, 1.0, 2.0, 3.0]);
        check(i64::MAX, [1.0, 2.0, 3.0, 0.0]);
        check_value(
            Roll { shift: 1, axis: 0 },
            &[&counting(&[2, 2])],
            &[2, 2],
            &[2.0, 3.0, 0.0, 1.0],
        );
        check_value(Roll { shift: 1, axis: 0 }, &[&counting(&[0])], &[0], &[]);
        check_error(Roll { shift: 1, axis: 0 }, &[&counting(&[])], "0-d");
    }
}
