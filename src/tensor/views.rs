//! Views: other readings of the same buffer. None of them copies an element.

use super::{Shape, ShapeError, Strides, Tensor, shape_error};
use smallvec::SmallVec;

/// The places that a slice takes along one axis: `count` of them from `first`, `step` apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first place.
    pub first: usize,
    /// The distance to the next one; negative walks backwards.
    pub step: isize,
    /// How many there are.
    pub count: usize,
}

impl Range {
    /// Python's `start:stop:step` on an axis of size `size`; none is the end that the step's sign implies.
    ///
    /// # Errors
    /// If the step is 0.
    pub fn resolve(
        size: usize,
        start: Option<i64>,
        stop: Option<i64>,
        step: i64,
    ) -> Result<Self, ShapeError> {
        if step == 0 {
            return shape_error!("a slice's step must not be 0");
        }
        let n = size as i64;
        let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
        let clip = |place: i64| {
            (if place < 0 {
                place.saturating_add(n)
            } else {
                place
            })
            .clamp(low, high)
        };
        let start = start.map_or(if step > 0 { low } else { high }, clip);
        let stop = stop.map_or(if step > 0 { high } else { low }, clip);
        let distance = if step > 0 { stop - start } else { start - stop };
        let stride = step.unsigned_abs();
        let count = if distance <= 0 {
            0
        } else {
            (distance as u64).div_ceil(stride) as usize
        };
        // a step beyond the axis reaches one element only; clamping it keeps strides from overflowing
        let step = step.clamp(-n.max(1), n.max(1)) as isize;
        Ok(Self {
            first: if count == 0 { 0 } else { start as usize },
            step,
            count,
        })
    }

    /// The places themselves.
    pub fn places(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |k| (self.first as isize + k as isize * self.step) as usize)
    }
}

impl<T: Copy> Tensor<T> {
    fn view(&self, shape: Shape, strides: Strides, offset: usize) -> Self {
        Self {
            shape,
            strides,
            offset,
            data: self.data.clone(),
        }
    }

    /// Axis `k` of the result is axis `perm[k]` of this.
    ///
    /// # Errors
    /// If `perm` is not a permutation of the axes.
    pub fn transpose(&self, perm: &[usize]) -> Result<Self, ShapeError> {
        let mut seen: SmallVec<[bool; 8]> = SmallVec::from_elem(false, self.rank());
        let legal = perm.len() == self.rank()
            && perm
                .iter()
                .all(|&axis| axis < self.rank() && !std::mem::replace(&mut seen[axis], true));
        if !legal {
            return shape_error!(
                "{perm:?} is not a permutation of the {} axes of {}",
                self.rank(),
                self.shape
            );
        }
        let shape = perm.iter().map(|&axis| self.shape[axis]).collect();
        let strides = perm.iter().map(|&axis| self.strides[axis]).collect();
        Ok(self.view(shape, strides, self.offset))
    }

    /// The elements at the given places of each axis.
    ///
    /// # Panics
    /// If there is not one range an axis.
    pub fn slice(&self, ranges: &[Range]) -> Self {
        assert_eq!(
            ranges.len(),
            self.rank(),
            "one range an axis of {}",
            self.shape
        );
        let shape: Shape = ranges.iter().map(|range| range.count).collect();
        let strides = ranges
            .iter()
            .zip(&self.strides)
            .map(|(range, &s)| range.step * s)
            .collect();
        let shift: isize = ranges
            .iter()
            .zip(&self.strides)
            .map(|(range, &s)| range.first as isize * s)
            .sum();
        let offset = if shape.count() == 0 {
            self.offset
        } else {
            (self.offset as isize + shift) as usize
        };
        self.view(shape, strides, offset)
    }

    /// The same with one axis narrowed.
    pub fn narrow(&self, axis: usize, range: Range) -> Self {
        let whole = |&count: &usize| Range {
            first: 0,
            step: 1,
            count,
        };
        let mut ranges: SmallVec<[Range; 4]> = self.shape.iter().map(whole).collect();
        ranges[axis] = range;
        self.slice(&ranges)
    }

    /// The named axes in reverse.
    pub fn flip(&self, axes: &[usize]) -> Self {
        let range = |(axis, &count): (usize, &usize)| match axes.contains(&axis) {
            true => Range {
                first: count.saturating_sub(1),
                step: -1,
                count,
            },
            false => Range {
                first: 0,
                step: 1,
                count,
            },
        };
        let ranges: SmallVec<[Range; 4]> = self.shape.iter().enumerate().map(range).collect();
        self.slice(&ranges)
    }

    /// Repeated along new axes and along axes of size 1, by strides of 0.
    ///
    /// # Errors
    /// If this shape does not broadcast to `shape`.
    pub fn broadcast_to(&self, shape: &Shape) -> Result<Self, ShapeError> {
        if !self.shape.broadcasts_to(shape) {
            return shape_error!("shape {} does not broadcast to {shape}", self.shape);
        }
        let new = shape.rank() - self.rank();
        let stride = |axis: usize| match axis.checked_sub(new) {
            Some(own) if self.shape[own] == shape[axis] => self.strides[own],
            _ => 0,
        };
        Ok(self.view(
            shape.clone(),
            (0..shape.rank()).map(stride).collect(),
            self.offset,
        ))
    }

    /// The same elements in row-major order under another shape: a view if the layout allows it, else a copy.
    ///
    /// # Errors
    /// If the numbers of elements differ.
    pub fn reshape(&self, shape: impl Into<Shape>) -> Result<Self, ShapeError> {
        let shape = shape.into();
        if shape.checked_count() != Some(self.len()) {
            return shape_error!(
                "{} elements of shape {} do not fill shape {shape}",
                self.len(),
                self.shape
            );
        }
        let only_ones = |shape: &Shape| {
            shape
                .iter()
                .copied()
                .filter(|&n| n != 1)
                .collect::<SmallVec<[usize; 4]>>()
        };
        if self.is_contiguous() {
            let strides = shape.contiguous_strides();
            return Ok(self.view(shape, strides, self.offset));
        }
        if only_ones(&shape) == only_ones(&self.shape) {
            // only axes of size 1 come or go: the other strides stay
            let mut kept = self
                .shape
                .iter()
                .zip(&self.strides)
                .filter(|&(&n, _)| n != 1)
                .map(|(_, &s)| s);
            let strides = shape
                .iter()
                .map(|&n| if n == 1 { 0 } else { kept.next().unwrap_or(0) })
                .collect();
            return Ok(self.view(shape, strides, self.offset));
        }
        Ok(Self::raw(shape, self.to_vec()))
    }

    /// The elements (i, i + k) of the last two axes, as a new last axis.
    pub(crate) fn diagonal_view(&self, k: i64) -> Self {
        let rank = self.rank();
        let (rows, cols) = (self.shape[rank - 2] as i64, self.shape[rank - 1] as i64);
        let (row, col) = ((-k).max(0), k.max(0));
        let count = (rows - row).min(cols - col).max(0);
        let mut shape: Shape = self.shape[..rank - 2].iter().copied().collect();
        shape = shape.iter().copied().chain([count as usize]).collect();
        let mut strides: Strides = self.strides[..rank - 2].into();
        strides.push(self.strides[rank - 2] + self.strides[rank - 1]);
        let shift = if shape.count() == 0 {
            0
        } else {
            row as isize * self.strides[rank - 2] + col as isize * self.strides[rank - 1]
        };
        self.view(shape, strides, (self.offset as isize + shift) as usize)
    }

    /// The matrices of the last two axes, one a batch element, in row-major order.
    pub(crate) fn matrices(&self) -> Vec<Self> {
        let batch = self.rank() - 2;
        let shape: Shape = self.shape[batch..].into();
        let strides: Strides = self.strides[batch..].into();
        let outer: Shape = self.shape[..batch].into();
        let places = super::Offsets::over(&outer, &self.strides[..batch], self.offset);
        places
            .map(|offset| self.view(shape.clone(), strides.clone(), offset))
            .collect()
    }

    /// The strides (row, column) of a matrix.
    pub(crate) fn matrix_strides(&self) -> [isize; 2] {
        [self.strides[self.rank() - 2], self.strides[self.rank() - 1]]
    }

    /// The buffer from this view's first element on.
    pub(crate) fn buffer(&self) -> &[T] {
        self.data.get(self.offset..).unwrap_or(&[])
    }

    /// The buffer from the lowest place on that this view reaches: its first element, unless it walks backwards.
    #[cfg(feature = "ndarray")]
    pub(crate) fn span(&self) -> &[T] {
        if self.is_empty() {
            return &[];
        }
        let back: isize = self
            .shape
            .iter()
            .zip(&self.strides)
            .map(|(&n, &stride)| (n as isize - 1) * stride.min(0))
            .sum();
        &self.data[(self.offset as isize + back) as usize..]
    }

    /// A view of a buffer, all of whose places lie inside it.
    #[cfg(feature = "ndarray")]
    pub(crate) fn strided(shape: Shape, strides: &[isize], offset: usize, data: Vec<T>) -> Self {
        let tensor = Self {
            shape,
            strides: strides.into(),
            offset,
            data: data.into(),
        };
        debug_assert!(tensor.offsets().all(|place| place < tensor.data.len()));
        tensor
    }

    /// Whether both read the same buffer.
    #[cfg(test)]
    pub(crate) fn shares_data(&self, other: &Self) -> bool {
        self.data.is(&other.data)
    }

    /// The data for changing in place, if nobody else holds them and they are contiguous.
    pub(crate) fn unique_slice(&mut self) -> Option<&mut [T]> {
        if !self.is_contiguous() {
            return None;
        }
        let (offset, len) = (self.offset, self.len());
        self.data.unique()?.get_mut(offset..offset + len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(shape: &[usize]) -> Tensor<f64> {
        Tensor::from_fn(shape, |k| k as f64)
    }

    #[test]
    fn python_slices() {
        #[track_caller]
        fn check(
            size: usize,
            start: Option<i64>,
            stop: Option<i64>,
            step: i64,
            expected: &[usize],
        ) {
            let range = Range::resolve(size, start, stop, step).unwrap();
            assert_eq!(range.places().collect::<Vec<_>>(), expected);
        }
        check(5, None, None, 1, &[0, 1, 2, 3, 4]);
        check(5, None, None, -1, &[4, 3, 2, 1, 0]);
        check(5, Some(1), Some(-1), 2, &[1, 3]);
        check(5, Some(-2), None, 1, &[3, 4]);
        check(5, Some(10), Some(-10), -2, &[4, 2, 0]);
        check(5, Some(3), Some(1), 1, &[]);
        check(5, Some(0), None, -1, &[0]);
        check(0, None, None, -1, &[]);
        check(3, None, None, i64::MAX, &[0]);
        check(3, None, None, i64::MIN + 1, &[2]);
        check(3, Some(i64::MIN), Some(i64::MAX), 1, &[0, 1, 2]);
        assert!(Range::resolve(3, None, None, 0).is_err());
    }

    #[test]
    fn views_share_the_buffer() {
        let a = counting(&[2, 3, 4]);
        let views = [
            a.transpose(&[2, 0, 1]).unwrap(),
            a.flip(&[1]),
            a.narrow(
                2,
                Range {
                    first: 3,
                    step: -2,
                    count: 2,
                },
            ),
            a.narrow(
                0,
                Range {
                    first: 1,
                    step: 1,
                    count: 1,
                },
            )
            .broadcast_to(&[5, 1, 3, 4].into())
            .unwrap(),
            a.reshape([4, 6]).unwrap(),
        ];
        for view in &views {
            assert!(view.data.is(&a.data), "{view:?}");
        }
        assert_eq!(views[2].to_vec()[..4], [3.0, 1.0, 7.0, 5.0]);
        assert_eq!(views[0].at(&[3, 1, 2]), a.at(&[1, 2, 3]));
    }

    #[test]
    fn reshape_copies_only_where_it_must() {
        let t = counting(&[2, 3]).transpose(&[1, 0]).unwrap();
        assert_eq!(
            t.reshape([6]).unwrap().to_vec(),
            [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]
        );
        let padded = t.reshape([1, 3, 1, 2]).unwrap();
        assert!(padded.data.is(&t.data));
        assert_eq!(padded.to_vec(), t.to_vec());
    }

    #[test]
    fn diagonals_of_any_offset() {
        let a = counting(&[3, 4]);
        assert_eq!(a.diagonal_view(0).to_vec(), [0.0, 5.0, 10.0]);
        assert_eq!(a.diagonal_view(2).to_vec(), [2.0, 7.0]);
        assert_eq!(a.diagonal_view(-2).to_vec(), [8.0]);
        assert!(a.diagonal_view(9).is_empty());
        assert!(a.diagonal_view(-9).is_empty());
    }
}
