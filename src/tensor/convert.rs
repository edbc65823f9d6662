//! Conversions from what people have at hand, and approximate comparison.

use super::Tensor;
use crate::number::{Dd, Real};
use approx::{AbsDiffEq, RelativeEq, UlpsEq};

impl<T: Real> From<Vec<T>> for Tensor<T> {
    fn from(data: Vec<T>) -> Self {
        Tensor::raw([data.len()].into(), data)
    }
}

impl<T: Real> From<&[T]> for Tensor<T> {
    fn from(data: &[T]) -> Self {
        Tensor::raw([data.len()].into(), data)
    }
}

impl<T: Real, const N: usize> From<[T; N]> for Tensor<T> {
    fn from(data: [T; N]) -> Self {
        Tensor::raw([N].into(), data)
    }
}

impl<T: Real, const N: usize, const M: usize> From<[[T; M]; N]> for Tensor<T> {
    fn from(data: [[T; M]; N]) -> Self {
        Tensor::raw([N, M].into(), data.concat())
    }
}

impl<T: Real, const N: usize, const M: usize, const L: usize> From<[[[T; L]; M]; N]> for Tensor<T> {
    fn from(data: [[[T; L]; M]; N]) -> Self {
        Tensor::raw([N, M, L].into(), data.concat().concat())
    }
}

macro_rules! scalars {
    ($($T:ty),*) => {$(
        impl From<$T> for Tensor<$T> {
            fn from(x: $T) -> Self {
                Tensor::scalar(x)
            }
        }
    )*};
}
scalars!(f32, f64, Dd);

impl<T: Real> FromIterator<T> for Tensor<T> {
    /// A vector.
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().collect::<Vec<T>>().into()
    }
}

impl<T: AbsDiffEq + Copy> AbsDiffEq for Tensor<T>
where
    T::Epsilon: Copy,
{
    type Epsilon = T::Epsilon;
    fn default_epsilon() -> T::Epsilon {
        T::default_epsilon()
    }
    /// Equal shapes, and every element within `epsilon`.
    fn abs_diff_eq(&self, other: &Self, epsilon: T::Epsilon) -> bool {
        self.shape() == other.shape()
            && self
                .iter()
                .zip(other.iter())
                .all(|(a, b)| a.abs_diff_eq(&b, epsilon))
    }
}

impl<T: RelativeEq + Copy> RelativeEq for Tensor<T>
where
    T::Epsilon: Copy,
{
    fn default_max_relative() -> T::Epsilon {
        T::default_max_relative()
    }
    fn relative_eq(&self, other: &Self, epsilon: T::Epsilon, max_relative: T::Epsilon) -> bool {
        self.shape() == other.shape()
            && self
                .iter()
                .zip(other.iter())
                .all(|(a, b)| a.relative_eq(&b, epsilon, max_relative))
    }
}

impl<T: UlpsEq + Copy> UlpsEq for Tensor<T>
where
    T::Epsilon: Copy,
{
    fn default_max_ulps() -> u32 {
        T::default_max_ulps()
    }
    fn ulps_eq(&self, other: &Self, epsilon: T::Epsilon, max_ulps: u32) -> bool {
        self.shape() == other.shape()
            && self
                .iter()
                .zip(other.iter())
                .all(|(a, b)| a.ulps_eq(&b, epsilon, max_ulps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::{assert_abs_diff_eq, assert_relative_eq, assert_ulps_eq};

    #[test]
    fn from_what_people_have() {
        assert_eq!(Tensor::from(2.0).shape().rank(), 0);
        assert_eq!(Tensor::from(vec![1.0f32, 2.0]).shape().to_vec(), [2]);
        assert_eq!(
            Tensor::<f64>::from([[[1.0, 2.0]], [[3.0, 4.0]]])
                .shape()
                .to_vec(),
            [2, 1, 2]
        );
        assert_eq!(
            (0..3).map(f64::from).collect::<Tensor<f64>>().to_vec(),
            [0.0, 1.0, 2.0]
        );
    }

    #[test]
    fn approximate_equality_wants_equal_shapes() {
        let a = Tensor::from([1.0, 2.0]);
        assert_abs_diff_eq!(a, Tensor::from([1.0 + 1e-17, 2.0]));
        assert_relative_eq!(a, Tensor::from([1.0 + 1e-9, 2.0]), max_relative = 1e-8);
        assert_ulps_eq!(a, a.clone());
        assert!(!a.abs_diff_eq(&a.reshape([2, 1]).unwrap(), 1.0));
        assert!(!a.abs_diff_eq(&Tensor::from([f64::NAN, 2.0]), 1.0));
    }
}
