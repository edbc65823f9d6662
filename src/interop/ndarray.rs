//! Tensors and the arrays of `ndarray`.
//!
//! Both are strided views, so a tensor can be seen as an array, whatever its layout, and an array that owns its data becomes a
//! tensor as it lies in memory. What must be copied is what does not own its data, and a tensor on its way into an array that
//! does.
//!
//! ```
//! use ndarray::{Array2, ArrayD, ArrayViewD, array};
//! use secant::Tensor;
//!
//! let a: Array2<f64> = array![[1.0, 2.0], [3.0, 4.0]];
//! let t = Tensor::from(a);
//! let column_sums = ArrayViewD::from(&t).sum_axis(ndarray::Axis(0));
//! assert_eq!(column_sums, array![4.0, 6.0].into_dyn());
//! assert_eq!(ArrayD::from(&t.flip(&[0])), array![[3.0, 4.0], [1.0, 2.0]].into_dyn());
//! ```

use crate::number::Real;
use crate::tensor::{Shape, Tensor};
use ::ndarray::{Array, ArrayBase, ArrayD, ArrayViewD, Data, Dimension, IxDyn, ShapeBuilder};

/// An array that owns its data, in the layout that it has.
impl<T: Real, D: Dimension> From<Array<T, D>> for Tensor<T> {
    fn from(array: Array<T, D>) -> Self {
        let shape = Shape::from(array.shape());
        let strides = array.strides().to_vec();
        match array.into_raw_vec_and_offset() {
            (data, Some(offset)) => Tensor::strided(shape, &strides, offset, data),
            // no element
            (_, None) => Tensor::zeros(shape),
        }
    }
}

/// A copy of any array or view, in row-major order.
impl<T: Real, S: Data<Elem = T>, D: Dimension> From<&ArrayBase<S, D>> for Tensor<T> {
    fn from(array: &ArrayBase<S, D>) -> Self {
        let data: Vec<T> = match array.as_slice() {
            Some(slice) => slice.to_vec(),
            None => array.iter().copied().collect(),
        };
        Tensor::raw(Shape::from(array.shape()), data)
    }
}

/// The same elements, not copied: also of tensors that are transposed, sliced, reversed or broadcast.
impl<'a, T: Real> From<&'a Tensor<T>> for ArrayViewD<'a, T> {
    fn from(tensor: &'a Tensor<T>) -> Self {
        let shape = IxDyn(tensor.shape());
        if tensor.is_empty() {
            return ArrayViewD::from_shape(shape, &[]).expect("no element needs no data");
        }
        // ndarray, too, holds signed strides, and asks for them in this form
        let strides: Vec<usize> = tensor.strides().iter().map(|&s| s as usize).collect();
        ArrayViewD::from_shape(shape.strides(IxDyn(&strides)), tensor.span())
            .expect("a tensor's places lie inside its buffer")
    }
}

/// A copy in row-major order.
impl<T: Real> From<&Tensor<T>> for ArrayD<T> {
    fn from(tensor: &Tensor<T>) -> Self {
        ArrayD::from_shape_vec(IxDyn(tensor.shape()), tensor.to_vec())
            .expect("a tensor has as many elements as its shape")
    }
}

/// A copy in row-major order.
impl<T: Real> From<Tensor<T>> for ArrayD<T> {
    fn from(tensor: Tensor<T>) -> Self {
        Self::from(&tensor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Range;
    use ::ndarray::{Array0, Array1, Array2, Array3, Axis, array, s};

    fn counting<T: Real>(shape: &[usize]) -> Tensor<T> {
        Tensor::from_fn(shape, |k| T::of(k as f64))
    }

    /// A tensor seen as an array and copied into one holds the same elements; and comes back.
    #[track_caller]
    fn check<T: Real>(tensor: &Tensor<T>) {
        let view = ArrayViewD::from(tensor);
        let copy = ArrayD::from(tensor);
        assert_eq!(view.shape(), &**tensor.shape());
        assert_eq!(view, copy);
        assert!(copy.is_standard_layout());
        assert!(copy.iter().copied().eq(tensor.iter()));
        assert_eq!(Tensor::from(&view), *tensor);
        assert_eq!(Tensor::from(copy), *tensor);
        if !tensor.is_empty() {
            let first = &raw const *view.first().unwrap();
            assert!(tensor.span().as_ptr_range().contains(&first), "copied");
        }
    }

    fn every_layout<T: Real>() {
        let t = counting::<T>(&[3, 4, 5]);
        let every_other = |first, step, count| Range { first, step, count };
        let views = [
            t.transpose(&[2, 0, 1]).unwrap(),
            t.flip(&[0, 2]),
            t.narrow(1, every_other(1, 2, 2)),
            t.narrow(2, every_other(4, -2, 3))
                .transpose(&[1, 2, 0])
                .unwrap(),
            t.narrow(0, every_other(1, 1, 0)),
            counting(&[4, 1])
                .broadcast_to(&Shape::from([2, 4, 3]))
                .unwrap(),
            counting(&[3])
                .flip(&[0])
                .broadcast_to(&Shape::from([2, 3]))
                .unwrap(),
            Tensor::full([2, 2], T::of(7.0)),
            Tensor::scalar(T::of(2.5)),
            Tensor::zeros([0]),
            Tensor::zeros([2, 0, 3]),
            Tensor::from_fn([2, 0, 3], |_| T::of(1.0))
                .transpose(&[2, 1, 0])
                .unwrap(),
            t,
        ];
        for view in &views {
            check(view);
        }
    }

    #[test]
    fn every_layout_of_a_tensor_is_an_array() {
        every_layout::<f64>();
        every_layout::<f32>();
    }

    #[test]
    fn arrays_of_every_layout_become_tensors() {
        #[track_caller]
        fn check<D: Dimension>(array: Array<f64, D>) {
            let tensor = Tensor::from(array.clone());
            assert_eq!(&**tensor.shape(), array.shape());
            assert!(tensor.iter().eq(array.iter().copied()));
            assert_eq!(Tensor::from(&array), tensor);
            assert_eq!(Tensor::from(&array.view()), tensor);
        }
        let a = Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (100 * i + 10 * j + k) as f64);
        check(a.clone());
        check(a.clone().reversed_axes());
        check(a.slice(s![.., ..;-1, 1..;2]).to_owned());
        check(a.clone().slice_move(s![.., ..;-1, 1..;2]));
        check(a.clone().slice_move(s![1, .., 2]));
        check(a.clone().slice_move(s![..;-1, 3..3, ..]));
        check(a.into_dyn());
        check(Array2::from_shape_vec((2, 3).f(), (0..6).map(f64::from).collect()).unwrap());
        check(Array1::<f64>::zeros(0));
        check(Array2::<f64>::zeros((0, 5)));
        check(Array0::from_elem((), 3.0));
        let row = array![1.0, 2.0];
        let spread = row.broadcast((3, 2)).unwrap();
        assert_eq!(
            Tensor::from(&spread).to_vec(),
            [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]
        );
    }

    #[test]
    fn an_owned_array_is_not_copied() {
        let array = Array2::from_shape_fn((3, 4), |(i, j)| (4 * i + j) as f64);
        let place = array.as_ptr();
        let tensor = Tensor::from(array);
        assert_eq!(tensor.as_slice().unwrap().as_ptr(), place);
        let array = ArrayD::from(&tensor);
        let place = array.as_ptr();
        let tensor = Tensor::from(array.reversed_axes());
        assert_eq!(ArrayViewD::from(&tensor).as_ptr(), place);
    }

    #[test]
    fn a_gradient_by_an_array() {
        let w = array![[0.5, -1.0], [2.0, 0.1]];
        let gradient = crate::grad(|v| v[0].square().sum(None, false), &[(&w).into()]).unwrap();
        assert_eq!(ArrayViewD::from(&gradient[0]), (&w * 2.0).into_dyn());
        assert_eq!(ArrayViewD::from(&gradient[0]).sum_axis(Axis(1)).len(), 2);
    }
}
