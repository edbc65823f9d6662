//! What functions are given and give, as flat vectors: slices, arrays, named parameters, tensors; in f64 or f32.

use crate::graph::Params;
use crate::number::Real;
use crate::tensor::{Shape, Tensor};

/// What a black box takes.
pub trait Argument {
    /// The same, owned.
    type Owned: std::borrow::Borrow<Self>;

    /// The unit roundoff of the numbers in it.
    const UNIT: f64;

    /// Names and shapes, in order.
    fn layout(&self) -> Vec<(String, Shape)>;

    /// All numbers in one vector.
    fn flat(&self) -> Vec<f64>;

    /// The same names and shapes with other numbers, as many as [`Argument::flat`] gives.
    fn with(&self, flat: &[f64]) -> Self::Owned;
}

/// The name of an argument that has none.
pub(super) const UNNAMED: &str = "x";

impl Argument for [f64] {
    type Owned = Vec<f64>;
    const UNIT: f64 = f64::EPSILON / 2.0;

    fn layout(&self) -> Vec<(String, Shape)> {
        vec![(UNNAMED.into(), [self.len()].into())]
    }

    fn flat(&self) -> Vec<f64> {
        self.to_vec()
    }

    fn with(&self, flat: &[f64]) -> Vec<f64> {
        flat.to_vec()
    }
}

impl Argument for [f32] {
    type Owned = Vec<f32>;
    const UNIT: f64 = f32::EPSILON as f64 / 2.0;

    fn layout(&self) -> Vec<(String, Shape)> {
        vec![(UNNAMED.into(), [self.len()].into())]
    }

    fn flat(&self) -> Vec<f64> {
        self.iter().copied().map(f64::from).collect()
    }

    fn with(&self, flat: &[f64]) -> Vec<f32> {
        flat.iter().map(|&x| x as f32).collect()
    }
}

impl Argument for Params<f64> {
    type Owned = Self;
    const UNIT: f64 = f64::EPSILON / 2.0;

    fn layout(&self) -> Vec<(String, Shape)> {
        let entries = self.iter();
        entries
            .map(|(name, x)| (name.to_string(), x.shape().clone()))
            .collect()
    }

    fn flat(&self) -> Vec<f64> {
        self.to_vector()
    }

    fn with(&self, flat: &[f64]) -> Self {
        self.with_vector(flat).expect("as many as there are")
    }
}

/// What a function gives, or somebody claims: numbers, flat and row-major, perhaps with names and shapes.
pub trait Values {
    /// The numbers.
    fn into_values(self) -> Vec<f64>;

    /// The names and shapes of what they are made of, if it has any.
    fn entries(&self) -> Option<Vec<(String, Shape)>> {
        None
    }
}

macro_rules! single_numbers {
    ($($T:ty),*) => {$(
        impl Values for $T {
            fn into_values(self) -> Vec<f64> {
                vec![self.into()]
            }
        }
    )*};
}
single_numbers!(f32, f64);

impl<T: Values> Values for Vec<T> {
    fn into_values(self) -> Vec<f64> {
        self.into_iter().flat_map(T::into_values).collect()
    }
}

impl<T: Values, const N: usize> Values for [T; N] {
    fn into_values(self) -> Vec<f64> {
        self.into_iter().flat_map(T::into_values).collect()
    }
}

impl<T: Copy + Values> Values for &[T] {
    fn into_values(self) -> Vec<f64> {
        self.iter().copied().flat_map(T::into_values).collect()
    }
}

impl<T: Clone + Values> Values for &Vec<T> {
    fn into_values(self) -> Vec<f64> {
        self.iter().cloned().flat_map(T::into_values).collect()
    }
}

impl<T: Clone + Values, const N: usize> Values for &[T; N] {
    fn into_values(self) -> Vec<f64> {
        self.iter().cloned().flat_map(T::into_values).collect()
    }
}

impl<T: Real> Values for Tensor<T> {
    fn into_values(self) -> Vec<f64> {
        self.iter().map(Real::to_f64).collect()
    }
}

impl Values for Params<f64> {
    fn into_values(self) -> Vec<f64> {
        self.to_vector()
    }

    fn entries(&self) -> Option<Vec<(String, Shape)>> {
        Some(self.layout())
    }
}

impl Values for &Params<f64> {
    fn into_values(self) -> Vec<f64> {
        self.to_vector()
    }

    fn entries(&self) -> Option<Vec<(String, Shape)>> {
        Some(self.layout())
    }
}

/// Where a program is checked: tensors, or numbers that stand for tensors without axes.
pub trait Points {
    /// As tensors.
    fn into_tensors(self) -> Vec<Tensor<f64>>;
}

impl<T: Clone + Into<Tensor<f64>>> Points for &[T] {
    fn into_tensors(self) -> Vec<Tensor<f64>> {
        self.iter().cloned().map(Into::into).collect()
    }
}

impl<T: Clone + Into<Tensor<f64>>, const N: usize> Points for &[T; N] {
    fn into_tensors(self) -> Vec<Tensor<f64>> {
        self[..].into_tensors()
    }
}

impl<T: Into<Tensor<f64>>, const N: usize> Points for [T; N] {
    fn into_tensors(self) -> Vec<Tensor<f64>> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Clone + Into<Tensor<f64>>> Points for &Vec<T> {
    fn into_tensors(self) -> Vec<Tensor<f64>> {
        self[..].into_tensors()
    }
}

impl<T: Into<Tensor<f64>>> Points for Vec<T> {
    fn into_tensors(self) -> Vec<Tensor<f64>> {
        self.into_iter().map(Into::into).collect()
    }
}
