//! Diagonals and triangles of the matrices in the last two axes. Diagonal k holds the elements (i, i + k).

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::primitive::{DomainError, Linearity, Primitive};
use super::{Diag, Diagonal, Trace, Tril, Triu};
use crate::number::Real;
use crate::tensor::{Range, Shape, ShapeError, Tensor, shape_error};

/// A diagonal of the matrices in the last two axes: its number, brought next to the matrix, its first element, its length.
struct Line {
    k: i64,
    row: usize,
    col: usize,
    len: usize,
}

impl Line {
    fn of(op: &str, x: &Shape, k: i64) -> Result<Self, ShapeError> {
        let [.., rows, cols] = **x else {
            return shape_error!("{op} takes matrices in the last two axes, found shape {x}");
        };
        // beyond the matrix one empty diagonal is as good as another
        let k = k.clamp(-(rows as i64), cols as i64);
        let (row, col) = ((-k).max(0) as usize, k.max(0) as usize);
        let len = (rows - row).min(cols - col);
        Ok(Self { k, row, col, len })
    }

    /// The line that the shape rule found.
    fn checked(x: &Shape, k: i64) -> Self {
        Self::of("", x, k).expect("the shape rule checked the rank")
    }

    fn shape(&self, x: &Shape) -> Shape {
        x[..x.rank() - 2]
            .iter()
            .copied()
            .chain([self.len])
            .collect()
    }

    /// Zeros of shape `x`, but for `values` on this line.
    ///
    /// In the matrix read row by row, a diagonal is a slice.
    fn embed(&self, b: &dyn Builder, values: Id, x: &Shape) -> Id {
        let (batch, matrix) = x.split_at(x.rank() - 2);
        let flat = batch
            .iter()
            .copied()
            .chain([matrix[0] * matrix[1]])
            .collect();
        let mut ranges: Vec<Range> = batch
            .iter()
            .map(|&count| Range {
                first: 0,
                step: 1,
                count,
            })
            .collect();
        ranges.push(Range {
            first: self.row * matrix[1] + self.col,
            step: matrix[1] as isize + 1,
            count: self.len,
        });
        b.reshape(b.unslice(values, &flat, &ranges), x)
    }
}

impl Primitive for Diag {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        match **args[0] {
            [n] => match usize::try_from(self.k.unsigned_abs())
                .ok()
                .and_then(|k| k.checked_add(n))
            {
                Some(size) => Ok([size, size].into()),
                None => shape_error!(
                    "diagonal {} of a vector is larger than memory can address",
                    self.k
                ),
            },
            [_, _] => Ok(Line::of("diag", args[0], self.k)?.shape(args[0])),
            _ => shape_error!("diag takes a vector or a matrix, found shape {}", args[0]),
        }
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        if args[0].rank() == 2 {
            return Ok(args[0].diagonal_view(Line::checked(args[0].shape(), self.k).k));
        }
        let line = Line::checked(shape, self.k);
        let mut data = vec![T::of(0.0); shape.count()];
        let places = data
            .iter_mut()
            .skip(line.row * shape[1] + line.col)
            .step_by(shape[1] + 1);
        for (place, x) in places.zip(args[0].iter()) {
            *place = x;
        }
        Ok(Tensor::raw(shape.clone(), data))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = b.shape(at.args[0]);
        if x.rank() == 1 {
            return share(b.apply(self.clone().into(), &[ct]));
        }
        diagonal_share(b, ct, &x, self.k)
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        match **x {
            // the square of a longer vector is too large to be of use
            [n] if n <= 16 => {
                let most = if n < 4 { 2 } else { 1 };
                Drawn::alone(Self {
                    k: from.between(-most, most),
                })
            }
            [_, _] => Drawn::alone(Self {
                k: draw_diagonal(from, x)?,
            }),
            _ => None,
        }
    }
}

/// The share of a matrix in the cotangent of its diagonal; none if the diagonal is empty.
fn diagonal_share(b: &dyn Builder, ct: Id, x: &Shape, k: i64) -> Shares {
    let line = Line::checked(x, k);
    match line.shape(x).count() {
        0 => Shares::new(),
        _ => share(line.embed(b, ct, x)),
    }
}

/// A diagonal of the last two axes, rarely one beyond them; none where there are not two axes.
fn draw_diagonal(from: &mut Choices<'_>, x: &Shape) -> Option<i64> {
    let [.., rows, cols] = **x else { return None };
    let (rows, cols) = (rows as i64, cols as i64);
    match from.below(16) {
        0..=4 => Some(0),
        15 => Some(from.between(-rows - 2, cols + 2)),
        _ => Some(from.between(1.min(rows) - rows, 0.max(cols - 1))),
    }
}

impl Primitive for Diagonal {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(Line::of("diagonal", args[0], self.offset)?.shape(args[0]))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0].diagonal_view(Line::checked(args[0].shape(), self.offset).k))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        diagonal_share(b, ct, &b.shape(at.args[0]), self.offset)
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            offset: draw_diagonal(from, x)?,
        })
    }
}

impl Primitive for Trace {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Line::of("trace", args[0], self.offset)?;
        Ok(args[0][..args[0].rank() - 2].into())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let diagonal = args[0].diagonal_view(Line::checked(args[0].shape(), self.offset).k);
        Ok(diagonal.reduce(&[diagonal.rank() - 1], false, T::sum))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = b.shape(at.args[0]);
        let diagonal = Line::checked(&x, self.offset).shape(&x);
        diagonal_share(
            b,
            b.spread(ct, &diagonal, &[diagonal.rank() - 1]),
            &x,
            self.offset,
        )
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            offset: draw_diagonal(from, x)?,
        })
    }
}

/// The elements of the last two axes for whose diagonal `keep` holds, and zeros.
fn triangle<T: Real>(x: &Tensor<T>, keep: impl Fn(i64) -> bool) -> Tensor<T> {
    let mut data = x.to_vec();
    let cols = x.shape()[x.rank() - 1].max(1);
    let rows = x.shape()[x.rank() - 2].max(1);
    for (k, row) in data.chunks_exact_mut(cols).enumerate() {
        let first = (k % rows) as i64;
        for (col, x) in row.iter_mut().enumerate() {
            if !keep(col as i64 - first) {
                *x = T::of(0.0);
            }
        }
    }
    Tensor::raw(x.shape().clone(), data)
}

macro_rules! triangles {
    ($($Name:ident $keep:tt),+) => {$(
        impl Primitive for $Name {
            fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                Line::of(stringify!($Name), args[0], self.k)?;
                Ok(args[0].clone())
            }

            fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
                Ok(triangle(args[0], |diagonal| diagonal $keep self.k))
            }

            fn vjp(&self, b: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
                share(b.apply(self.clone().into(), &[ct]))
            }

            fn linearity(&self) -> Linearity {
                Linearity::Linear
            }

            fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
                Drawn::alone(Self { k: draw_diagonal(from, x)? })
            }
        }
    )+};
}
triangles!(Tril <=, Triu >=);

#[cfg(test)]
mod tests {
    use super::super::testing::{apply, check_adjoint, check_error, check_value, counting};
    use super::*;

    #[test]
    fn rules_are_adjoints() {
        check_adjoint::<Diag>();
        let offsets = check_adjoint::<Diagonal>();
        assert!(offsets.iter().any(|op| op.offset > 1) && offsets.iter().any(|op| op.offset < -1));
        check_adjoint::<Trace>();
        check_adjoint::<Tril>();
        check_adjoint::<Triu>();
    }

    #[test]
    fn diagonals() {
        let v = Tensor::from([1.0, 2.0]);
        check_value(Diag { k: 0 }, &[&v], &[2, 2], &[1.0, 0.0, 0.0, 2.0]);
        check_value(
            Diag { k: 1 },
            &[&v],
            &[3, 3],
            &[0.0, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0],
        );
        check_value(
            Diag { k: -1 },
            &[&v],
            &[3, 3],
            &[0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0],
        );
        check_value(Diag { k: 1 }, &[&counting(&[0])], &[1, 1], &[0.0]);
        check_value(Diag { k: 0 }, &[&counting(&[0])], &[0, 0], &[]);
        let m = counting(&[2, 3]);
        check_value(Diag { k: 1 }, &[&m], &[2], &[1.0, 5.0]);
        check_value(Diag { k: i64::MIN }, &[&m], &[0], &[]);
        check_value(Diag { k: i64::MAX }, &[&m], &[0], &[]);
        check_error(Diag { k: i64::MIN }, &[&v], "memory");
        check_error(Diag { k: i64::MAX }, &[&v], "memory");
        check_error(Diag { k: 0 }, &[&counting(&[])], "found shape []");
        check_error(
            Diag { k: 0 },
            &[&counting(&[1, 1, 1])],
            "found shape [1, 1, 1]",
        );

        let batch = counting(&[2, 2, 3]);
        check_value(
            Diagonal { offset: 0 },
            &[&batch],
            &[2, 2],
            &[0.0, 4.0, 6.0, 10.0],
        );
        check_value(Diagonal { offset: 2 }, &[&batch], &[2, 1], &[2.0, 8.0]);
        check_value(Diagonal { offset: -1 }, &[&batch], &[2, 1], &[3.0, 9.0]);
        check_value(Diagonal { offset: i64::MIN }, &[&batch], &[2, 0], &[]);
        check_error(
            Diagonal { offset: 0 },
            &[&v],
            "diagonal takes matrices in the last two axes, found shape [2]",
        );
        assert!(batch.shares_data(&apply(Diagonal { offset: 1 }, &[&batch]).unwrap()));

        check_value(Trace { offset: 0 }, &[&batch], &[2], &[4.0, 16.0]);
        check_value(Trace { offset: i64::MAX }, &[&batch], &[2], &[0.0, 0.0]);
        check_value(Trace { offset: 0 }, &[&counting(&[0, 0])], &[], &[0.0]);
        check_error(Trace { offset: 0 }, &[&v], "found shape [2]");
    }

    #[test]
    fn triangles() {
        let m = Tensor::from_fn([2, 3], |k| 1.0 + k as f64);
        check_value(
            Tril { k: 0 },
            &[&m],
            &[2, 3],
            &[1.0, 0.0, 0.0, 4.0, 5.0, 0.0],
        );
        check_value(
            Tril { k: 1 },
            &[&m],
            &[2, 3],
            &[1.0, 2.0, 0.0, 4.0, 5.0, 6.0],
        );
        check_value(Tril { k: i64::MIN }, &[&m], &[2, 3], &[0.0; 6]);
        check_value(
            Triu { k: 0 },
            &[&m],
            &[2, 3],
            &[1.0, 2.0, 3.0, 0.0, 5.0, 6.0],
        );
        check_value(Triu { k: -1 }, &[&m], &[2, 3], &m.to_vec());
        check_value(Triu { k: i64::MAX }, &[&m], &[2, 3], &[0.0; 6]);
        check_value(Tril { k: 0 }, &[&counting(&[2, 0])], &[2, 0], &[]);
        let batch = Tensor::ones([2, 2, 2]);
        check_value(
            Triu { k: 1 },
            &[&batch],
            &[2, 2, 2],
            &[0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        );
        // what is cut off may be anything
        check_value(
            Tril { k: 0 },
            &[&Tensor::full([1, 2], f64::INFINITY)],
            &[1, 2],
            &[f64::INFINITY, 0.0],
        );
        check_error(Tril { k: 0 }, &[&counting(&[2])], "found shape [2]");
    }
}
