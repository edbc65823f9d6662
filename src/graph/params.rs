//! Named tensors in a fixed order, and the one flat vector that holds them all.

use crate::tensor::{Shape, ShapeError, Tensor, shape_error};
use approx::{AbsDiffEq, RelativeEq, UlpsEq};
use indexmap::IndexMap;

/// Named tensors, in order.
///
/// ```
/// use secant::graph::Params;
/// use secant::tensor::Tensor;
/// let params = Params::from_iter([("w", Tensor::from([[1.0, 2.0]])), ("b", Tensor::from([3.0]))]);
/// assert_eq!(params.to_vector(), [1.0, 2.0, 3.0]);
/// let moved = params.with_vector(&[1.5, 2.0, 3.0])?;
/// assert_eq!(moved["w"].to_vec(), [1.5, 2.0]);
/// # Ok::<(), secant::tensor::ShapeError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Params<T: Copy>(IndexMap<String, Tensor<T>>);

impl<T: Copy> Default for Params<T> {
    fn default() -> Self {
        Self(IndexMap::new())
    }
}

impl<T: Copy> Params<T> {
    /// No tensors.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tensor, or replaces the one of that name in its place.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Tensor<T>>) {
        self.0.insert(name.into(), value.into());
    }

    /// The tensor of a name.
    pub fn get(&self, name: &str) -> Option<&Tensor<T>> {
        self.0.get(name)
    }

    /// Names and tensors, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Tensor<T>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The tensors, in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Tensor<T>> {
        self.0.values()
    }

    /// The number of tensors.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no tensor.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tensors in order, as programs take them.
    pub fn to_tensors(&self) -> Vec<Tensor<T>> {
        self.values().cloned().collect()
    }

    /// The number of elements of all tensors together.
    pub fn count(&self) -> usize {
        self.values().map(Tensor::len).sum()
    }

    /// All elements in one vector: the tensors in order, each row-major (the course's `dictionary_to_vector`).
    pub fn to_vector(&self) -> Vec<T> {
        self.values().flat_map(Tensor::iter).collect()
    }

    /// The same names and shapes with the elements of a vector (the course's `vector_to_dictionary`).
    ///
    /// # Errors
    /// If the vector does not have [`Params::count`] elements.
    pub fn with_vector<U: Copy>(&self, vector: &[U]) -> Result<Params<U>, ShapeError> {
        if vector.len() != self.count() {
            return shape_error!(
                "these parameters have {} elements, the vector {}",
                self.count(),
                vector.len()
            );
        }
        let mut rest = vector;
        let mut params = Params::new();
        for (name, tensor) in self.iter() {
            let (own, others) = rest.split_at(tensor.len());
            params.insert(name, Tensor::new(tensor.shape(), own)?);
            rest = others;
        }
        Ok(params)
    }

    /// Each element through `f`.
    pub fn map<U: Copy>(&self, mut f: impl FnMut(T) -> U) -> Params<U> {
        self.iter()
            .map(|(name, tensor)| (name, tensor.map(&mut f)))
            .collect()
    }

    /// The name and the index of an element of [`Params::to_vector`].
    pub fn place(&self, mut element: usize) -> Option<(&str, Vec<usize>)> {
        for (name, tensor) in self.iter() {
            if element < tensor.len() {
                return Some((name, unravel(element, tensor.shape())));
            }
            element -= tensor.len();
        }
        None
    }
}

/// The index of element `k` in row-major order.
pub(crate) fn unravel(mut k: usize, shape: &Shape) -> Vec<usize> {
    let mut index = vec![0; shape.rank()];
    for axis in (0..shape.rank()).rev() {
        index[axis] = k % shape[axis];
        k /= shape[axis];
    }
    index
}

impl<T: Copy, S: Into<String>> FromIterator<(S, Tensor<T>)> for Params<T> {
    fn from_iter<I: IntoIterator<Item = (S, Tensor<T>)>>(items: I) -> Self {
        Self(
            items
                .into_iter()
                .map(|(name, tensor)| (name.into(), tensor))
                .collect(),
        )
    }
}

impl<T: Copy> std::ops::Index<&str> for Params<T> {
    type Output = Tensor<T>;
    /// # Panics
    /// If there is no tensor of that name.
    fn index(&self, name: &str) -> &Tensor<T> {
        &self.0[name]
    }
}

/// Equal names in equal order, and `close` tensors.
fn all_close<T: Copy>(
    a: &Params<T>,
    b: &Params<T>,
    close: impl Fn(&Tensor<T>, &Tensor<T>) -> bool,
) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b.iter())
            .all(|((n, x), (m, y))| n == m && close(x, y))
}

impl<T: AbsDiffEq + Copy> AbsDiffEq for Params<T>
where
    T::Epsilon: Copy,
{
    type Epsilon = T::Epsilon;
    fn default_epsilon() -> T::Epsilon {
        T::default_epsilon()
    }
    fn abs_diff_eq(&self, other: &Self, epsilon: T::Epsilon) -> bool {
        all_close(self, other, |a, b| a.abs_diff_eq(b, epsilon))
    }
}

impl<T: RelativeEq + Copy> RelativeEq for Params<T>
where
    T::Epsilon: Copy,
{
    fn default_max_relative() -> T::Epsilon {
        T::default_max_relative()
    }
    fn relative_eq(&self, other: &Self, epsilon: T::Epsilon, max_relative: T::Epsilon) -> bool {
        all_close(self, other, |a, b| a.relative_eq(b, epsilon, max_relative))
    }
}

impl<T: UlpsEq + Copy> UlpsEq for Params<T>
where
    T::Epsilon: Copy,
{
    fn default_max_ulps() -> u32 {
        T::default_max_ulps()
    }
    fn ulps_eq(&self, other: &Self, epsilon: T::Epsilon, max_ulps: u32) -> bool {
        all_close(self, other, |a, b| a.ulps_eq(b, epsilon, max_ulps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_and_back() {
        let params: Params<f64> = [
            (
                "w",
                Tensor::from([[1.0, 2.0], [3.0, 4.0]])
                    .transpose(&[1, 0])
                    .unwrap(),
            ),
            ("b", Tensor::scalar(5.0)),
        ]
        .into_iter()
        .collect();
        assert_eq!(params.to_vector(), [1.0, 3.0, 2.0, 4.0, 5.0]);
        assert_eq!(params.with_vector(&params.to_vector()).unwrap(), params);
        assert_eq!(params.place(2), Some(("w", vec![1, 0])));
        assert_eq!(params.place(4), Some(("b", vec![])));
        assert_eq!(params.place(5), None);
        assert!(params.with_vector(&[0.0]).is_err());
        approx::assert_relative_eq!(
            params,
            params.map(|x| x * (1.0 + 1e-12)),
            max_relative = 1e-11
        );
    }
}
