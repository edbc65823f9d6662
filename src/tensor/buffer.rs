//! The numbers that tensors share.

use std::ops::Deref;
use std::sync::Arc;

/// Numbers that do not move, shared by all tensors that read them.
///
/// A vector becomes a buffer where it lies: neither a kernel's result nor an array from elsewhere is copied.
#[derive(Clone, Debug)]
pub struct Buffer<T>(Arc<Vec<T>>);

impl<T> Buffer<T> {
    /// Whether both are the same.
    #[cfg(test)]
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The numbers for changing in place, if nobody else holds them.
    pub(crate) fn unique(&mut self) -> Option<&mut [T]> {
        Arc::get_mut(&mut self.0).map(Vec::as_mut_slice)
    }
}

impl<T> Deref for Buffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> From<Vec<T>> for Buffer<T> {
    fn from(data: Vec<T>) -> Self {
        Self(Arc::new(data))
    }
}

impl<T> From<Box<[T]>> for Buffer<T> {
    fn from(data: Box<[T]>) -> Self {
        Vec::from(data).into()
    }
}

impl<T: Clone> From<&[T]> for Buffer<T> {
    fn from(data: &[T]) -> Self {
        data.to_vec().into()
    }
}

impl<T, const N: usize> From<[T; N]> for Buffer<T> {
    fn from(data: [T; N]) -> Self {
        Vec::from(data).into()
    }
}
