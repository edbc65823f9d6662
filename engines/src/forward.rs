//! What the adapters of engines with dual numbers share: a number carries one dual number for each element of a parameter,
//! whose tangent is 1 in the number of that element and 0 in all others.

use crate::adapter::{Answer, Library, Read, Row, Site};
use crate::unrolled::{self, Grid, Scalars};
use secant::{Case, Tensor};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::{Add, Mul};

/// A dual number of an engine.
pub(crate) trait Dual: Copy + Add<Output = Self> + Mul<Output = Self> {
    /// A value and its tangent.
    fn new(value: f64, tangent: f64) -> Self;
    fn value(&self) -> f64;
    fn tangent(&self) -> f64;
    /// The functions that the engine has.
    fn rows() -> Vec<Row<Forward<Self>>>;
}

/// An engine of dual numbers, for one case.
pub(crate) struct Forward<D> {
    directions: usize,
    next: Cell<usize>,
    number: PhantomData<D>,
}

impl<D> Forward<D> {
    pub(crate) fn of(case: &Case) -> Self {
        let sizes = case.params.values().map(Tensor::len);
        Self {
            // a value is read from the first
            directions: sizes.sum::<usize>().max(1),
            next: Cell::new(0),
            number: PhantomData,
        }
    }
}

impl<D: Dual> Scalars for Forward<D> {
    type Number = Vec<D>;

    fn add(x: &Vec<D>, z: &Vec<D>) -> Vec<D> {
        x.iter().zip(z).map(|(&x, &z)| x + z).collect()
    }

    fn mul(x: &Vec<D>, z: &Vec<D>) -> Vec<D> {
        x.iter().zip(z).map(|(&x, &z)| x * z).collect()
    }
}

impl<D: Dual> Library for Forward<D> {
    type Tensor = Grid<Vec<D>>;

    fn rows() -> Vec<Row<Self>> {
        let mut rows = unrolled::rows();
        rows.extend(D::rows());
        rows
    }

    fn leaf(&self, shape: &[usize], data: &[f64], is_param: bool) -> Answer<Self::Tensor> {
        let number = |&x: &f64| {
            let own = is_param.then(|| self.next.replace(self.next.get() + 1));
            let tangent = |k| f64::from(u8::from(own == Some(k)));
            let directions = 0..self.directions;
            directions.map(|k| D::new(x, tangent(k))).collect()
        };
        Ok(Grid {
            shape: shape.into(),
            numbers: data.iter().map(number).collect(),
        })
    }

    fn read(&self, x: &Self::Tensor) -> Answer<Read> {
        Ok(x.read(|number| number[0].value()))
    }

    fn gradient(
        &self,
        outputs: &[(Self::Tensor, Tensor<f64>)],
        params: &[Self::Tensor],
    ) -> Answer<Vec<Option<Read>>> {
        let mut loss = vec![D::new(0.0, 0.0); self.directions];
        for (y, cotangent) in outputs {
            for (y, cotangent) in y.numbers.iter().zip(cotangent.iter()) {
                let cotangent = vec![D::new(cotangent, 0.0); self.directions];
                loss = Self::add(&loss, &Self::mul(y, &cotangent));
            }
        }
        // parameters were brought in in their order
        let mut tangents = loss.iter().map(D::tangent);
        let read = |x: &Self::Tensor| {
            let shape = x.shape.to_vec();
            let data = tangents.by_ref().take(x.numbers.len()).collect();
            Some(Read { shape, data })
        };
        Ok(params.iter().map(read).collect())
    }
}

/// A function of each number.
pub(crate) fn map<D: Dual>(at: &Site<'_, Forward<D>>, f: impl Fn(&D) -> D) -> Answer<Grid<Vec<D>>> {
    unrolled::map(at, |x| x.iter().map(&f).collect())
}

/// A function of each pair of numbers.
pub(crate) fn zip<D: Dual>(
    at: &Site<'_, Forward<D>>,
    f: impl Fn(&D, &D) -> D,
) -> Answer<Grid<Vec<D>>> {
    unrolled::zip(at, |x, z| x.iter().zip(z).map(|(x, z)| f(x, z)).collect())
}
