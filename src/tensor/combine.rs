//! Elementwise combination under broadcasting, and its adjoint, the sum back to a smaller shape.

use super::{Shape, Tensor};
use crate::number::Real;
use smallvec::SmallVec;

/// The operands broadcast to `shape` and flat, each as one row-major slice or a single repeated element.
struct Flat<'a, T: Copy> {
    data: std::borrow::Cow<'a, [T]>,
    /// 1, or 0 where one element stands for all.
    step: usize,
}

fn flat<'a, T: Copy>(x: &'a Tensor<T>, shape: &Shape) -> Flat<'a, T> {
    if x.len() == 1 {
        return Flat {
            data: std::borrow::Cow::Owned(vec![x.item()]),
            step: 0,
        };
    }
    let data = match x.as_slice() {
        Some(slice) if x.shape() == shape => std::borrow::Cow::Borrowed(slice),
        _ => std::borrow::Cow::Owned(x.broadcast_to(shape).expect("shapes were checked").to_vec()),
    };
    Flat { data, step: 1 }
}

impl<T: Copy> Tensor<T> {
    /// Element by element through `f`, under broadcasting to `shape`. `f` sees one element of each operand.
    pub(crate) fn zip_all(
        args: &[&Tensor<T>],
        shape: &Shape,
        mut f: impl FnMut(&[T]) -> T,
    ) -> Self {
        let count = shape.count();
        let mut data = Vec::with_capacity(count);
        match args {
            [x] if x.shape() == shape => return x.map(|x| f(&[x])),
            [x, y] => {
                let (x, y) = (flat(x, shape), flat(y, shape));
                for k in 0..count {
                    data.push(f(&[x.data[k * x.step], y.data[k * y.step]]));
                }
            }
            _ => {
                let flats: SmallVec<[Flat<'_, T>; 4]> =
                    args.iter().map(|x| flat(x, shape)).collect();
                let mut items: SmallVec<[T; 4]> = SmallVec::new();
                for k in 0..count {
                    items.clear();
                    for x in &flats {
                        items.push(x.data[k * x.step]);
                    }
                    data.push(f(&items));
                }
            }
        }
        Tensor::raw(shape.clone(), data)
    }

    /// Two tensors of one shape through `f`.
    pub fn zip<U: Copy, V: Copy>(
        &self,
        other: &Tensor<U>,
        mut f: impl FnMut(T, U) -> V,
    ) -> Tensor<V> {
        assert_eq!(self.shape(), other.shape(), "zip needs equal shapes");
        let other = other.contiguous();
        let right = other.as_slice().expect("contiguous by construction");
        let mut k = 0;
        self.map(|x| {
            k += 1;
            f(x, right[k - 1])
        })
    }
}

impl<T: Real> Tensor<T> {
    /// The sum of the elements that broadcasting from `shape` would have repeated.
    pub(crate) fn sum_to(&self, shape: &Shape) -> Self {
        if self.shape() == shape {
            return self.clone();
        }
        let new = self.rank() - shape.rank();
        let axes: Vec<usize> = (0..self.rank())
            .filter(|&axis| axis < new || (shape[axis - new] == 1 && self.shape()[axis] != 1))
            .collect();
        let summed = self.reduce(&axes, true, T::sum);
        summed.reshape(shape.clone()).expect("the same elements")
    }

    /// Adds `other`, in place if nobody else sees this tensor's buffer.
    pub(crate) fn accumulate(mut self, other: &Tensor<T>) -> Self {
        if let (Some(to), Some(from)) = (self.unique_slice(), other.as_slice()) {
            for (to, &from) in to.iter_mut().zip(from) {
                *to = *to + from;
            }
            return self;
        }
        self.zip(other, |a, b| a + b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_and_its_adjoint() {
        let a = Tensor::from([[1.0], [2.0]]);
        let b = Tensor::from([10.0, 20.0, 30.0]);
        let shape = a.shape().broadcast(b.shape()).unwrap();
        let sum = Tensor::zip_all(&[&a, &b], &shape, |x| x[0] + x[1]);
        assert_eq!(sum.to_vec(), [11.0, 21.0, 31.0, 12.0, 22.0, 32.0]);
        assert_eq!(sum.sum_to(a.shape()).to_vec(), [63.0, 66.0]);
        assert_eq!(sum.sum_to(b.shape()).to_vec(), [23.0, 43.0, 63.0]);
        assert_eq!(sum.sum_to(&Shape::scalar()).item(), 129.0);
        let none = Tensor::<f64>::zeros([0, 3]);
        assert_eq!(none.sum_to(&[1, 3].into()).to_vec(), [0.0; 3]);
    }

    #[test]
    fn accumulation_never_writes_into_shared_data() {
        let a = Tensor::from([1.0, 2.0]);
        let held = a.clone();
        let sum = a.accumulate(&Tensor::from([10.0, 10.0]));
        assert_eq!(
            (held.to_vec(), sum.to_vec()),
            (vec![1.0, 2.0], vec![11.0, 12.0])
        );
        let expanded = Tensor::full([3], 1.0).accumulate(&Tensor::from([0.0, 1.0, 2.0]));
        assert_eq!(expanded.to_vec(), [1.0, 2.0, 3.0]);
    }
}
