//! Dense tensors of any rank, as strided views of shared data.
//!
//! A [`Tensor`] is a shape, a stride for each axis, an offset, and a shared buffer. Transposing, slicing (also
//! backwards), flipping and broadcasting make another view of the same buffer and copy nothing. Tensors are immutable to
//! their users; kernels allocate their results.
//!
//! A tensor may hold any [`Real`]: plain numbers, double-doubles, dual numbers, or variables of a scalar tape. That is
//! how one kernel serves every engine. A kernel must therefore reach its data through [`Tensor::iter`], lanes or
//! [`Tensor::at`], which are right on every layout, and never through the buffer unless the layout was asked for.

mod buffer;
mod combine;
mod convert;
mod lanes;
mod places;
mod shape;
mod views;

pub use buffer::Buffer;
pub use shape::{Shape, ShapeError};
pub(crate) use shape::{resolve_axis, shape_error};
pub use views::Range;

use crate::number::Real;
use smallvec::SmallVec;
use std::fmt;

type Strides = SmallVec<[isize; 4]>;

/// A dense tensor; cloning it shares the data.
///
/// ```
/// use secant::tensor::Tensor;
/// let a = Tensor::<f64>::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// let t = a.transpose(&[1, 0]).unwrap();
/// assert_eq!(t.shape().to_vec(), [3, 2]);
/// assert_eq!(t.to_vec(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
/// ```
#[derive(Clone)]
pub struct Tensor<T> {
    shape: Shape,
    strides: Strides,
    offset: usize,
    data: Buffer<T>,
}

impl<T: Copy> Tensor<T> {
    /// A tensor of `shape` with `data` in row-major order.
    ///
    /// # Errors
    /// If the number of elements is not the product of the sizes.
    pub fn new(shape: impl Into<Shape>, data: impl Into<Buffer<T>>) -> Result<Self, ShapeError> {
        let (shape, data) = (shape.into(), data.into());
        match shape.checked_count() {
            Some(count) if count == data.len() => Ok(Self::raw(shape, data)),
            Some(count) => shape_error!(
                "shape {shape} has {count} elements, but {} were given",
                data.len()
            ),
            None => shape_error!("shape {shape} is larger than memory can address"),
        }
    }

    /// A kernel's result, whose length is right by construction.
    pub(crate) fn raw(shape: Shape, data: impl Into<Buffer<T>>) -> Self {
        let data = data.into();
        debug_assert_eq!(shape.count(), data.len());
        Self {
            strides: shape.contiguous_strides(),
            shape,
            offset: 0,
            data,
        }
    }

    /// A tensor of rank 0.
    pub fn scalar(x: T) -> Self {
        Self::raw(Shape::scalar(), [x])
    }

    /// The same number everywhere, stored once.
    pub fn full(shape: impl Into<Shape>, x: T) -> Self {
        let shape = shape.into();
        let strides = SmallVec::from_elem(0, shape.rank());
        Self {
            shape,
            strides,
            offset: 0,
            data: [x].into(),
        }
    }

    /// Element `k` in row-major order is `f(k)`.
    pub fn from_fn(shape: impl Into<Shape>, mut f: impl FnMut(usize) -> T) -> Self {
        let shape = shape.into();
        // plain loops: an iterator chain a closure would be most of what there is to compile
        let mut data = Vec::with_capacity(shape.count());
        for k in 0..shape.count() {
            data.push(f(k));
        }
        Self::raw(shape, data)
    }

    /// The sizes of the axes.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.shape.rank()
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.shape.count()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The distance in the buffer, in elements, from one index of an axis to the next.
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// The element at an index, one place an axis.
    ///
    /// # Panics
    /// If the index has another rank, or is outside.
    pub fn at(&self, index: &[usize]) -> T {
        assert_eq!(
            index.len(),
            self.rank(),
            "an index of rank {} into shape {}",
            index.len(),
            self.shape
        );
        let inside = index.iter().zip(self.shape.iter()).all(|(i, n)| i < n);
        assert!(inside, "index {index:?} is outside shape {}", self.shape);
        let shift: isize = index
            .iter()
            .zip(&self.strides)
            .map(|(&i, &s)| i as isize * s)
            .sum();
        self.data[(self.offset as isize + shift) as usize]
    }

    /// The only element of a tensor that has one.
    ///
    /// # Panics
    /// If there is not exactly one.
    pub fn item(&self) -> T {
        assert_eq!(self.len(), 1, "item() of shape {}", self.shape);
        self.data[self.offset]
    }

    /// The data in row-major order, if the buffer holds just them.
    pub fn as_slice(&self) -> Option<&[T]> {
        // a view of nothing may start anywhere
        let len = self.len();
        let start = if len == 0 { 0 } else { self.offset };
        self.is_contiguous().then(|| &self.data[start..start + len])
    }

    /// Whether the elements lie in row-major order without gaps.
    pub fn is_contiguous(&self) -> bool {
        let mut expected = 1;
        for (&n, &stride) in self.shape.iter().zip(&self.strides).rev() {
            if n == 0 {
                return true;
            }
            if n > 1 {
                if stride != expected {
                    return false;
                }
                expected *= n as isize;
            }
        }
        true
    }

    /// The elements in row-major order.
    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        let (slice, offsets) = match self.as_slice() {
            Some(slice) => (slice, None),
            None => (&[][..], Some(self.offsets())),
        };
        slice
            .iter()
            .copied()
            .chain(offsets.into_iter().flatten().map(|o| self.data[o]))
    }

    /// The elements in row-major order.
    pub fn to_vec(&self) -> Vec<T> {
        match self.as_slice() {
            Some(slice) => slice.to_vec(),
            None => self.offsets().map(|o| self.data[o]).collect(),
        }
    }

    /// A tensor of the same elements whose buffer holds just them, in row-major order.
    pub fn contiguous(&self) -> Self {
        if self.is_contiguous() {
            self.clone()
        } else {
            Self::raw(self.shape.clone(), self.to_vec())
        }
    }

    /// Each element through `f`.
    pub fn map<U: Copy>(&self, mut f: impl FnMut(T) -> U) -> Tensor<U> {
        let whole = self.contiguous();
        let mut data = Vec::with_capacity(self.len());
        for &x in whole.as_slice().expect("contiguous by construction") {
            data.push(f(x));
        }
        Tensor::raw(self.shape.clone(), data)
    }

    /// The places in the buffer, in row-major order of the index.
    fn offsets(&self) -> Offsets<'_> {
        Offsets::over(&self.shape, &self.strides, self.offset)
    }
}

impl<T: Real> Tensor<T> {
    /// Zeros, stored once.
    pub fn zeros(shape: impl Into<Shape>) -> Self {
        Self::full(shape, T::of(0.0))
    }

    /// Ones, stored once.
    pub fn ones(shape: impl Into<Shape>) -> Self {
        Self::full(shape, T::of(1.0))
    }

    /// The primal values, rounded to `f64`.
    pub fn to_f64(&self) -> Tensor<f64> {
        self.map(T::to_f64)
    }

    /// The largest magnitude; NaN if an element is NaN, 0 if there is none.
    pub fn max_abs(&self) -> f64 {
        self.iter()
            .map(|x| x.to_f64().abs())
            .fold(0.0, |m, x| if x > m || x.is_nan() { x } else { m })
    }
}

/// Walks over a strided layout as an odometer does.
struct Offsets<'a> {
    shape: &'a [usize],
    strides: &'a [isize],
    index: SmallVec<[usize; 4]>,
    place: isize,
    left: usize,
}

impl<'a> Offsets<'a> {
    fn over(shape: &'a Shape, strides: &'a [isize], offset: usize) -> Self {
        let index = SmallVec::from_elem(0, shape.rank());
        Self {
            shape,
            strides,
            index,
            place: offset as isize,
            left: shape.count(),
        }
    }
}

impl Iterator for Offsets<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let here = self.place as usize;
        for axis in (0..self.shape.len()).rev() {
            self.index[axis] += 1;
            self.place += self.strides[axis];
            if self.index[axis] < self.shape[axis] {
                break;
            }
            self.place -= self.strides[axis] * self.shape[axis] as isize;
            self.index[axis] = 0;
        }
        Some(here)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T: Copy + PartialEq> PartialEq for Tensor<T> {
    /// Equal shapes and equal elements, whatever the layouts.
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape && self.iter().eq(other.iter())
    }
}

impl<T: Copy + fmt::Debug> fmt::Debug for Tensor<T> {
    /// Nested lists, as in NumPy: `tensor([[1.0, 2.0], [3.0, 4.0]])`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tensor(")?;
        if self.is_empty() {
            write!(f, "[], shape={}", self.shape)?;
        }
        for (k, x) in self.iter().enumerate() {
            // brackets open and close where this element starts or ends a row of an axis
            let starts = |axis: usize| k % self.shape[axis..].iter().product::<usize>() == 0;
            let ends = |axis: usize| (k + 1) % self.shape[axis..].iter().product::<usize>() == 0;
            let opened = (0..self.rank()).filter(|&axis| starts(axis)).count();
            let closed = (0..self.rank()).filter(|&axis| ends(axis)).count();
            if k > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{}{x:?}{}", "[".repeat(opened), "]".repeat(closed))?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_prints_nested_lists() {
        assert_eq!(
            format!("{:?}", Tensor::<f64>::from([[1.0, 2.0], [3.0, 4.0]])),
            "tensor([[1.0, 2.0], [3.0, 4.0]])"
        );
        assert_eq!(format!("{:?}", Tensor::scalar(2.5)), "tensor(2.5)");
        assert_eq!(
            format!("{:?}", Tensor::<f64>::zeros([0, 3])),
            "tensor([], shape=[0, 3])"
        );
    }

    #[test]
    fn new_checks_the_count() {
        let error = Tensor::new([2, 2], vec![1.0; 3]).unwrap_err();
        assert_eq!(error.0, "shape [2, 2] has 4 elements, but 3 were given");
        assert!(Tensor::new([usize::MAX, 4], vec![1.0]).is_err());
    }
}
