//! Shapes: the sizes of the axes, and the rules by which shapes combine.

use smallvec::SmallVec;
use std::fmt;
use std::ops::Deref;

/// The sizes of a tensor's axes, outermost first; empty for a scalar.
///
/// It dereferences to a slice, and prints as `[2, 3]`.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Shape(SmallVec<[usize; 4]>);

/// A shape, an axis or an index that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeError(pub String);

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ShapeError {}

/// `Err(ShapeError)` with a formatted message.
macro_rules! shape_error {
    ($($arg:tt)*) => { Err($crate::tensor::ShapeError(format!($($arg)*))) };
}
pub(crate) use shape_error;

impl Shape {
    /// The shape of a scalar.
    pub fn scalar() -> Self {
        Self::default()
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// The number of elements. A shape that came through [`Shape::checked_count`] does not overflow.
    pub fn count(&self) -> usize {
        self.0.iter().product()
    }

    /// The number of elements, unless that number does not fit memory addresses.
    pub fn checked_count(&self) -> Option<usize> {
        // a zero makes the product zero, but the other sizes must still be addressable
        let nonzero = self
            .0
            .iter()
            .filter(|&&n| n > 0)
            .try_fold(1usize, |product, &n| product.checked_mul(n))?;
        (nonzero <= isize::MAX as usize / 16).then(|| self.count())
    }

    /// Strides, in elements, of a row-major layout without gaps.
    pub(crate) fn contiguous_strides(&self) -> SmallVec<[isize; 4]> {
        let mut strides: SmallVec<[isize; 4]> = SmallVec::from_elem(1, self.rank());
        for axis in (1..self.rank()).rev() {
            strides[axis - 1] = strides[axis] * self.0[axis] as isize;
        }
        strides
    }

    /// The axis that `axis` names; negative ones count from the end.
    pub fn axis(&self, axis: i64) -> Result<usize, ShapeError> {
        resolve_axis(axis, self.rank()).map_err(|_| {
            ShapeError(format!(
                "axis {axis} does not exist in shape {self}: expected {}",
                axis_range(self.rank())
            ))
        })
    }

    /// The axes that `axes` names, ascending; none means all of them.
    pub fn axes(&self, axes: Option<&[i64]>) -> Result<Vec<usize>, ShapeError> {
        let Some(axes) = axes else {
            return Ok((0..self.rank()).collect());
        };
        let mut found = axes
            .iter()
            .map(|&a| self.axis(a))
            .collect::<Result<Vec<_>, _>>()?;
        found.sort_unstable();
        if let Some(pair) = found.windows(2).find(|pair| pair[0] == pair[1]) {
            return shape_error!("axis {} is named twice in {axes:?}", pair[0]);
        }
        Ok(found)
    }

    /// The axes in the order that `perm` names, counted from the front; reversed if none are named.
    ///
    /// # Errors
    /// An axis that is not there, and anything but each axis once.
    pub fn permutation(&self, perm: Option<&[i64]>) -> Result<Vec<usize>, ShapeError> {
        let rank = self.rank();
        let Some(perm) = perm else {
            return Ok((0..rank).rev().collect());
        };
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

    /// This shape with `axes` (ascending) removed, or kept with size 1.
    pub fn reduced(&self, axes: &[usize], keepdims: bool) -> Shape {
        let sizes = self.0.iter().enumerate();
        sizes
            .filter_map(|(axis, &n)| match (axes.contains(&axis), keepdims) {
                (false, _) => Some(n),
                (true, true) => Some(1),
                (true, false) => None,
            })
            .collect()
    }

    /// This shape with the size of one axis replaced.
    pub fn with(&self, axis: usize, size: usize) -> Shape {
        let mut shape = self.clone();
        shape.0[axis] = size;
        shape
    }

    /// The shape to which both broadcast, as in NumPy: aligned at the last axis, sizes equal or 1.
    pub fn broadcast(&self, other: &Shape) -> Result<Shape, ShapeError> {
        let rank = self.rank().max(other.rank());
        let size = |shape: &Shape, axis: usize| match (axis + shape.rank()).checked_sub(rank) {
            Some(own) => shape.0[own],
            None => 1,
        };
        (0..rank)
            .map(|axis| match (size(self, axis), size(other, axis)) {
                (a, b) if a == b => Ok(a),
                (1, b) => Ok(b),
                (a, 1) => Ok(a),
                (a, b) => shape_error!("shapes {self} and {other} do not broadcast: sizes {a} and {b} on axis {axis} of {rank}"),
            })
            .collect()
    }

    /// Whether a tensor of this shape can be read as one of shape `to`.
    pub fn broadcasts_to(&self, to: &Shape) -> bool {
        self.broadcast(to).is_ok_and(|shape| shape == *to)
    }

    /// The sizes as signed numbers, as attributes hold them.
    pub fn to_signed(&self) -> Vec<i64> {
        self.0.iter().map(|&n| n as i64).collect()
    }
}

/// The place of `axis` among `rank` axes; negative ones count from the end.
pub(crate) fn resolve_axis(axis: i64, rank: usize) -> Result<usize, ShapeError> {
    let place = if axis < 0 { axis + rank as i64 } else { axis };
    match usize::try_from(place) {
        Ok(place) if place < rank => Ok(place),
        _ => shape_error!("axis {axis} does not exist: expected {}", axis_range(rank)),
    }
}

fn axis_range(rank: usize) -> String {
    match rank {
        0 => "no axis, for a 0-d tensor has none".into(),
        _ => format!("one of -{rank}..={}", rank - 1),
    }
}

impl Deref for Shape {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.0
    }
}

impl From<&[usize]> for Shape {
    fn from(sizes: &[usize]) -> Self {
        Self(sizes.into())
    }
}

impl From<Vec<usize>> for Shape {
    fn from(sizes: Vec<usize>) -> Self {
        Self(sizes.into())
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(sizes: [usize; N]) -> Self {
        Self(sizes.as_slice().into())
    }
}

impl From<&Shape> for Shape {
    fn from(shape: &Shape) -> Self {
        shape.clone()
    }
}

impl FromIterator<usize> for Shape {
    fn from_iter<I: IntoIterator<Item = usize>>(sizes: I) -> Self {
        Self(sizes.into_iter().collect())
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, n) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{n}")?;
        }
        f.write_str("]")
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_follows_numpy() {
        #[track_caller]
        fn check(a: &[usize], b: &[usize], expected: Option<&[usize]>) {
            let (a, b) = (Shape::from(a), Shape::from(b));
            assert_eq!(a.broadcast(&b).ok(), expected.map(Shape::from));
            assert_eq!(b.broadcast(&a).ok(), expected.map(Shape::from));
        }
        check(&[], &[2, 3], Some(&[2, 3]));
        check(&[3, 1], &[2, 1, 4], Some(&[2, 3, 4]));
        check(&[0], &[1], Some(&[0]));
        check(&[2, 0], &[2, 1], Some(&[2, 0]));
        check(&[0], &[2], None);
        check(&[2, 3], &[3, 2], None);
    }

    #[test]
    fn counts_that_overflow_are_refused() {
        assert_eq!(Shape::from([usize::MAX, 2]).checked_count(), None);
        assert_eq!(Shape::from([usize::MAX, 0, 2]).checked_count(), None);
        assert_eq!(Shape::from([3, 0]).checked_count(), Some(0));
        assert_eq!(Shape::scalar().checked_count(), Some(1));
    }

    #[test]
    fn an_axis_of_a_scalar_is_an_error() {
        assert!(Shape::scalar().axis(0).is_err());
        assert!(Shape::scalar().axis(-1).is_err());
        assert_eq!(Shape::from([2, 3]).axis(-1), Ok(1));
        assert_eq!(
            Shape::from([2, 3]).axes(Some(&[1, -1])).unwrap_err().0,
            "axis 1 is named twice in [1, -1]"
        );
    }
}
