//! Tensors and the dynamic matrices and vectors of `nalgebra`.
//!
//! A `DMatrix` lies in memory column by column, a tensor by default row by row. A matrix becomes a tensor without being
//! rearranged, as the transpose of a row-major one; element `(i, j)` is element `[i, j]` either way.
//!
//! ```
//! use nalgebra::{DMatrix, DVector};
//! use secant::Tensor;
//!
//! let a = DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 3.0, 4.0]);
//! let t = Tensor::from(a);
//! assert_eq!(t.to_vec(), [1.0, 2.0, 3.0, 4.0]);
//! let inverse = DMatrix::try_from(&t)?.try_inverse().unwrap();
//! assert!((inverse[(0, 1)] - 1.0f64).abs() < 1e-15);
//! assert!(DVector::try_from(&t).is_err());
//! # Ok::<(), secant::tensor::ShapeError>(())
//! ```

use crate::number::Real;
use crate::tensor::{ShapeError, Tensor, shape_error};
use ::nalgebra::{DMatrix, DVector, Scalar};

/// A tensor of rank 2, not rearranged.
impl<T: Real + Scalar> From<DMatrix<T>> for Tensor<T> {
    fn from(matrix: DMatrix<T>) -> Self {
        let (rows, columns) = matrix.shape();
        let data: Vec<T> = matrix.data.into();
        let by_columns = Tensor::raw([columns, rows].into(), data);
        by_columns.transpose(&[1, 0]).expect("two axes")
    }
}

/// The same, of a copy.
impl<T: Real + Scalar> From<&DMatrix<T>> for Tensor<T> {
    fn from(matrix: &DMatrix<T>) -> Self {
        matrix.clone().into()
    }
}

/// A tensor of rank 1.
impl<T: Real + Scalar> From<DVector<T>> for Tensor<T> {
    fn from(vector: DVector<T>) -> Self {
        let data: Vec<T> = vector.data.into();
        data.into()
    }
}

/// The same, of a copy.
impl<T: Real + Scalar> From<&DVector<T>> for Tensor<T> {
    fn from(vector: &DVector<T>) -> Self {
        vector.as_slice().into()
    }
}

/// A copy of a tensor of rank 2.
///
/// # Errors
/// If the tensor has another rank.
impl<T: Real + Scalar> TryFrom<&Tensor<T>> for DMatrix<T> {
    type Error = ShapeError;

    fn try_from(tensor: &Tensor<T>) -> Result<Self, ShapeError> {
        let &[rows, columns] = &**tensor.shape() else {
            return shape_error!("a matrix has rank 2, this tensor shape {}", tensor.shape());
        };
        let by_columns = tensor.transpose(&[1, 0])?;
        Ok(DMatrix::from_vec(rows, columns, by_columns.to_vec()))
    }
}

/// A copy of a tensor of rank 1.
///
/// # Errors
/// If the tensor has another rank.
impl<T: Real + Scalar> TryFrom<&Tensor<T>> for DVector<T> {
    type Error = ShapeError;

    fn try_from(tensor: &Tensor<T>) -> Result<Self, ShapeError> {
        match tensor.rank() {
            1 => Ok(DVector::from_vec(tensor.to_vec())),
            _ => shape_error!("a vector has rank 1, this tensor shape {}", tensor.shape()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Shape;

    #[track_caller]
    fn check<T: Real + Scalar>(tensor: &Tensor<T>) {
        let matrix = DMatrix::try_from(tensor).unwrap();
        assert_eq!([matrix.nrows(), matrix.ncols()], **tensor.shape());
        for i in 0..matrix.nrows() {
            for j in 0..matrix.ncols() {
                assert_eq!(matrix[(i, j)], tensor.at(&[i, j]));
            }
        }
        assert_eq!(Tensor::from(&matrix), *tensor);
        assert_eq!(Tensor::from(matrix), *tensor);
    }

    fn every_layout<T: Real + Scalar>() {
        let t: Tensor<T> = Tensor::from_fn([3, 5], |k| T::of(k as f64));
        check(&t);
        check(&t.transpose(&[1, 0]).unwrap());
        check(&t.flip(&[0]));
        check(&t.flip(&[1]).transpose(&[1, 0]).unwrap());
        let row: Tensor<T> = Tensor::from_fn([1, 4], |k| T::of(k as f64));
        check(&row);
        check(&row.broadcast_to(&Shape::from([3, 4])).unwrap());
        check(&Tensor::<T>::zeros([0, 3]));
        check(&Tensor::<T>::zeros([3, 0]));
    }

    #[test]
    fn matrices() {
        every_layout::<f64>();
        every_layout::<f32>();
        let t = Tensor::from(DMatrix::from_row_slice(
            2,
            3,
            &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        ));
        assert_eq!(t, Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
        let error = DMatrix::try_from(&Tensor::<f64>::zeros([2, 3, 4])).unwrap_err();
        assert_eq!(error.0, "a matrix has rank 2, this tensor shape [2, 3, 4]");
        assert!(DMatrix::try_from(&Tensor::scalar(1.0)).is_err());
    }

    #[test]
    fn vectors() {
        let t = Tensor::from([1.0f32, 2.0, 3.0]);
        let v = DVector::try_from(&t.flip(&[0])).unwrap();
        assert_eq!(v.as_slice(), [3.0, 2.0, 1.0]);
        assert_eq!(Tensor::from(&v), t.flip(&[0]));
        assert_eq!(Tensor::from(v), t.flip(&[0]));
        assert!(Tensor::from(DVector::<f64>::zeros(0)).is_empty());
        let error = DVector::try_from(&Tensor::<f64>::zeros([2, 3])).unwrap_err();
        assert_eq!(error.0, "a vector has rank 1, this tensor shape [2, 3]");
    }

    #[test]
    fn a_newton_step() {
        // x^T A x / 2 - b^T x: one step from anywhere solves A x = b
        fn f<'t>(v: &[crate::Var<'t>]) -> crate::Var<'t> {
            v[1].matmul(v[0]).dot(v[0]) / 2.0 - v[2].dot(v[0])
        }
        let a = DMatrix::from_row_slice(2, 2, &[4.0, 1.0, 1.0, 3.0]);
        let b = DVector::from_vec(vec![1.0, 2.0]);
        let x = DVector::from_vec(vec![7.0, -5.0]);
        let gradient = crate::grad(f, &[(&x).into(), (&a).into(), (&b).into()]).unwrap();
        let step = a
            .clone()
            .lu()
            .solve(&DVector::try_from(&gradient[0]).unwrap());
        assert!((&a * (x - step.unwrap()) - b).norm() < 1e-14);
    }
}
