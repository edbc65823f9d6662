//! Padding: a tensor with more elements around it.

use super::Pad;
use super::attr::word_attribute;
use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::primitive::{DomainError, Linearity, Primitive};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

word_attribute! {
    /// What padding holds.
    PadMode: "\"constant\", \"edge\", \"reflect\" or \"wrap\"" {
        /// One number.
        Constant = "constant",
        /// The nearest element.
        Edge = "edge",
        /// The elements mirrored at the first and the last one, which are not repeated; again and again if need be.
        Reflect = "reflect",
        /// The elements from the other end, again and again if need be.
        Wrap = "wrap",
    }
}

impl PadMode {
    /// The place in an axis of size `n` that place `i` of the padded axis repeats, `low` places of padding before it.
    fn source(self, i: usize, low: usize, n: usize) -> usize {
        // places before the axis, counted from it: no difference of the two overflows
        let before = low.saturating_sub(i);
        let after = i.saturating_sub(low);
        let modulo = |period: usize| match before {
            0 => after % period,
            _ => (period - before % period) % period,
        };
        match self {
            PadMode::Constant | PadMode::Edge => after.min(n - 1),
            PadMode::Wrap => modulo(n),
            PadMode::Reflect if n == 1 => 0,
            PadMode::Reflect => {
                let place = modulo(2 * (n - 1));
                place.min(2 * (n - 1) - place)
            }
        }
    }

    /// The adjoint of padding one axis, of size `n`.
    fn fold(self, b: &dyn Builder, ct: Id, axis: usize, [low, high]: [usize; 2], n: usize) -> Id {
        match self {
            PadMode::Constant => b.narrow(ct, axis, low, n),
            PadMode::Wrap => periodic_sum(b, ct, axis, low, n),
            PadMode::Reflect if n > 1 => {
                let folded = periodic_sum(b, ct, axis, low, 2 * (n - 1));
                let there = b.narrow(folded, axis, 0, n);
                if n == 2 {
                    return there;
                }
                // on the way back the ends are not met again
                let back = b.flip(b.narrow(folded, axis, n, n - 2), vec![axis as i64]);
                b.add(there, b.pad_axis(back, axis, [1, 1]))
            }
            PadMode::Edge | PadMode::Reflect => {
                let ends = [(0, low, [0, n - 1]), (low + n, high, [n - 1, 0])];
                let inner = b.narrow(ct, axis, low, n);
                ends.into_iter().filter(|&(_, count, _)| count > 0).fold(
                    inner,
                    |total, (first, count, around)| {
                        let sum = b.sum(
                            b.narrow(ct, axis, first, count),
                            Some(vec![axis as i64]),
                            true,
                        );
                        b.add(total, b.pad_axis(sum, axis, around))
                    },
                )
            }
        }
    }
}

/// The sums along `axis` of the elements `period` places apart; the first sum holds element `origin`.
fn periodic_sum(b: &dyn Builder, ct: Id, axis: usize, origin: usize, period: usize) -> Id {
    let before = (period - origin % period) % period;
    let length = before + b.shape(ct)[axis];
    let periods = length.div_ceil(period);
    let ct = b.pad_axis(ct, axis, [before, periods * period - length]);
    let shape = b.shape(ct);
    let (outer, inner) = (&shape[..axis], &shape[axis + 1..]);
    let split = outer
        .iter()
        .chain(&[periods, period])
        .chain(inner)
        .copied()
        .collect();
    b.sum(b.reshape(ct, &split), Some(vec![axis as i64]), false)
}

impl Primitive for Pad {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let x = args[0];
        if self.pads.len() != x.rank() {
            return shape_error!(
                "pad takes one pair an axis: expected {} for shape {x}, found {}",
                x.rank(),
                self.pads.len()
            );
        }
        let size = |axis: usize| {
            let [low, high] = self.pads[axis];
            if x[axis] == 0 && self.mode != PadMode::Constant && (low > 0 || high > 0) {
                return shape_error!(
                    "axis {axis} of shape {x} has no element to pad with; mode \"constant\" needs none"
                );
            }
            match x[axis].checked_add(low).and_then(|n| n.checked_add(high)) {
                Some(n) => Ok(n),
                None => shape_error!(
                    "pads {:?} of axis {axis} are larger than memory can address",
                    self.pads[axis]
                ),
            }
        };
        (0..x.rank()).map(size).collect()
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        // an axis of a tensor without elements may be of any size
        if shape.count() == 0 {
            return Ok(Tensor::zeros(shape));
        }
        let mut x = args[0].clone();
        if self.mode == PadMode::Constant {
            let first: Vec<usize> = self.pads.iter().map(|pad| pad[0]).collect();
            return Ok(if x.shape() == shape {
                x
            } else {
                x.placed(shape, &first, T::of(self.value))
            });
        }
        for (axis, &[low, _]) in self.pads.iter().enumerate() {
            let n = x.shape()[axis];
            if n != shape[axis] {
                let places: Vec<usize> = (0..shape[axis])
                    .map(|i| self.mode.source(i, low, n))
                    .collect();
                x = x.pick(axis, &places);
            }
        }
        Ok(x)
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = b.shape(at.args[0]);
        if x.count() == 0 {
            return Shares::new();
        }
        if self.mode == PadMode::Constant {
            let first: Vec<usize> = self.pads.iter().map(|pad| pad[0]).collect();
            return share(b.window(ct, &first, &x));
        }
        let padded = (0..x.rank()).filter(|&axis| self.pads[axis] != [0, 0]);
        share(padded.fold(ct, |ct, axis| {
            self.mode.fold(b, ct, axis, self.pads[axis], x[axis])
        }))
    }

    /// Padding with another number than 0 is affine.
    fn linearity(&self) -> Linearity {
        if self.mode == PadMode::Constant && self.value != 0.0 {
            Linearity::General
        } else {
            Linearity::Linear
        }
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let mode = *from.pick(PadMode::ALL);
        let limit = 4 * x.count().max(4);
        let mut size = x.clone();
        let mut pads = Vec::new();
        for axis in 0..x.rank() {
            let n = x[axis];
            let most = match from.below(4) {
                0 => 0,
                3 => 2 * n + 1,
                _ => 2,
            };
            let pad = [from.below(most + 1), from.below(most + 1)];
            let grown = size.with(axis, n + pad[0] + pad[1]);
            let fits = grown.count() <= limit && (n > 0 || mode == PadMode::Constant);
            pads.push(if fits { pad } else { [0, 0] });
            size = if fits { grown } else { size };
        }
        let value = match mode {
            PadMode::Constant if from.chance(0.5) => from.between(-8, 8) as f64 / 4.0,
            _ => 0.0,
        };
        Drawn::alone(Self { pads, mode, value })
    }
}

/// Padding with zeros, for rules.
impl<'d> dyn Builder + 'd {
    pub(crate) fn pad(&self, x: Id, pads: Vec<[usize; 2]>) -> Id {
        if pads.iter().all(|&pad| pad == [0, 0]) {
            return x;
        }
        self.apply(
            Pad {
                pads,
                mode: PadMode::Constant,
                value: 0.0,
            }
            .into(),
            &[x],
        )
    }

    /// Along one axis.
    pub(crate) fn pad_axis(&self, x: Id, axis: usize, pad: [usize; 2]) -> Id {
        let mut pads = vec![[0, 0]; self.shape(x).rank()];
        pads[axis] = pad;
        self.pad(x, pads)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check_adjoint, check_error, check_value, counting};
    use super::*;

    #[test]
    fn rules_are_adjoints() {
        let drawn = check_adjoint::<Pad>();
        for &mode in PadMode::ALL {
            let far = drawn
                .iter()
                .filter(|op| op.mode == mode && op.pads.iter().any(|pad| pad[0] > 3))
                .count();
            assert!(far > 10, "{mode:?} was drawn {far} times with much padding");
        }
    }

    #[test]
    fn values_are_those_of_numpy() {
        #[track_caller]
        fn check(mode: PadMode, n: usize, pad: [usize; 2], expected: &[f64]) {
            let op = Pad {
                pads: vec![pad],
                mode,
                value: 9.0,
            };
            check_value(op, &[&counting(&[n])], &[expected.len()], expected);
        }
        check(PadMode::Constant, 2, [1, 2], &[9.0, 0.0, 1.0, 9.0, 9.0]);
        check(PadMode::Constant, 0, [1, 1], &[9.0, 9.0]);
        check(PadMode::Edge, 3, [2, 1], &[0.0, 0.0, 0.0, 1.0, 2.0, 2.0]);
        check(PadMode::Reflect, 3, [2, 1], &[2.0, 1.0, 0.0, 1.0, 2.0, 1.0]);
        check(
            PadMode::Reflect,
            3,
            [5, 4],
            &[1.0, 0.0, 1.0, 2.0, 1.0, 0.0, 1.0, 2.0, 1.0, 0.0, 1.0, 2.0],
        );
        check(
            PadMode::Reflect,
            2,
            [2, 3],
            &[0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0],
        );
        check(PadMode::Reflect, 1, [2, 1], &[0.0; 4]);
        check(
            PadMode::Wrap,
            3,
            [2, 4],
            &[1.0, 2.0, 0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 0.0],
        );
        check(
            PadMode::Wrap,
            3,
            [4, 0],
            &[2.0, 0.0, 1.0, 2.0, 0.0, 1.0, 2.0],
        );

        let corners = Pad {
            pads: vec![[1, 0], [0, 1]],
            mode: PadMode::Edge,
            value: 0.0,
        };
        check_value(
            corners,
            &[&counting(&[2, 2])],
            &[3, 3],
            &[0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 2.0, 3.0, 3.0],
        );
        let zero = Pad {
            pads: vec![[1, 0], [0, 1]],
            mode: PadMode::Constant,
            value: 0.0,
        };
        check_value(
            zero,
            &[&counting(&[1, 2])],
            &[2, 3],
            &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        );
        check_value(
            Pad {
                pads: vec![],
                mode: PadMode::Wrap,
                value: 0.0,
            },
            &[&counting(&[])],
            &[],
            &[0.0],
        );
    }

    #[test]
    fn what_cannot_be_padded_is_refused() {
        let pad = |pads: &[[usize; 2]], mode| Pad {
            pads: pads.to_vec(),
            mode,
            value: 0.0,
        };
        for &mode in PadMode::ALL {
            check_error(pad(&[[usize::MAX, 1]], mode), &[&counting(&[2])], "memory");
            check_error(
                pad(&[[1 << 62, 1 << 62]], mode),
                &[&counting(&[2])],
                "memory",
            );
            check_error(
                pad(&[[1, 1]], mode),
                &[&counting(&[2, 2])],
                "expected 2 for shape [2, 2], found 1",
            );
            if mode != PadMode::Constant {
                check_error(
                    pad(&[[0, 0], [0, 1]], mode),
                    &[&counting(&[2, 0])],
                    "axis 1 of shape [2, 0] has no element",
                );
            }
            // an axis beside an empty one may be of any size, and is not walked
            let endless = Tensor::zeros([1 << 50, 0]);
            check_value(
                pad(&[[1, 1], [0, 0]], mode),
                &[&endless],
                &[(1 << 50) + 2, 0],
                &[],
            );
        }
    }
}
