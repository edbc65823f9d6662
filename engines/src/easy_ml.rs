//! easy-ml: numbers that are recorded in a list.

use super::{VERSION, library};
use crate::adapter::{self, Adapter, Answer, Library, Read, Row};
use crate::elementary::operator;
use crate::unrolled::{self, Grid, Scalars, map, zip};
use library::differentiation::record_operations::SwappedOperations;
use library::differentiation::{Record, WengertList};
use library::numeric::activation::{relu, sigmoid};
use library::numeric::extra::{Cos, Exp, Ln, Pow, Sin, Sqrt};
use secant::Dtype;
use secant::engine::Engine;

/// The engine.
pub(crate) fn open(name: &'static str) -> Box<dyn Engine> {
    Adapter::engine::<EasyMl<'static>>(name, VERSION, &[Dtype::F64], |case, want| {
        let list = &WengertList::new();
        adapter::run(&EasyMl { list }, case, want)
    })
}

struct EasyMl<'l> {
    list: &'l WengertList<f64>,
}

impl<'l> Scalars for EasyMl<'l> {
    type Number = Record<'l, f64>;

    fn add(x: &Self::Number, z: &Self::Number) -> Self::Number {
        *x + *z
    }

    fn mul(x: &Self::Number, z: &Self::Number) -> Self::Number {
        *x * *z
    }
}

impl<'l> Library for EasyMl<'l> {
    type Tensor = Grid<Record<'l, f64>>;

    fn rows() -> Vec<Row<Self>> {
        let mut rows = unrolled::rows();
        rows.extend(numbers());
        rows
    }

    fn leaf(&self, shape: &[usize], data: &[f64], is_param: bool) -> Answer<Self::Tensor> {
        let number = |&x: &f64| match is_param {
            true => Record::variable(x, self.list),
            false => Record::constant(x),
        };
        Ok(Grid {
            shape: shape.into(),
            numbers: data.iter().map(number).collect(),
        })
    }

    fn read(&self, x: &Self::Tensor) -> Answer<Read> {
        Ok(x.read(|x| x.number))
    }

    fn gradient(
        &self,
        outputs: &[(Self::Tensor, secant::Tensor<f64>)],
        params: &[Self::Tensor],
    ) -> Answer<Vec<Option<Read>>> {
        let mut loss = Record::variable(0.0, self.list);
        for (y, cotangent) in outputs {
            for (y, cotangent) in y.numbers.iter().zip(cotangent.iter()) {
                loss = loss + *y * cotangent;
            }
        }
        let derivatives = loss.derivatives();
        let read = |x: &Self::Tensor| Some(x.read(|x| derivatives.at(x)));
        Ok(params.iter().map(read).collect())
    }
}

fn numbers<'l>() -> Vec<Row<EasyMl<'l>>> {
    vec![
        ("neg", |at| map(at, |x| -*x)),
        ("square", |at| match at.pick(2) {
            0 => map(at, |x| (*x).pow(2.0)),
            _ => map(at, |x| *x * *x),
        }),
        ("recip", |at| match at.pick(2) {
            0 => map(at, |x| x.div_swapped(1.0)),
            _ => map(at, |x| (*x).pow(-1.0)),
        }),
        ("sqrt", |at| map(at, |x| (*x).sqrt())),
        ("exp", |at| match at.pick(2) {
            0 => map(at, |x| std::f64::consts::E.pow(*x)),
            _ => map(at, |x| (*x).exp()),
        }),
        ("exp2", |at| map(at, |x| 2.0.pow(*x))),
        ("exp10", |at| map(at, |x| 10.0.pow(*x))),
        ("log", |at| map(at, |x| (*x).ln())),
        ("sin", |at| map(at, |x| (*x).sin())),
        ("cos", |at| map(at, |x| (*x).cos())),
        ("relu", |at| map(at, |x| relu(*x))),
        ("sigmoid", |at| map(at, |x| sigmoid(*x))),
        ("powc", |at| {
            let exponent: f64 = at.get("exponent");
            map(at, |x| (*x).pow(exponent))
        }),
        ("pow", |at| match (at.number(0), at.number(1), at.pick(2)) {
            (_, Some(z), 0) => map(at, |x| (*x).pow(z)),
            (Some(x), _, 0) => zip(at, |_, z| x.pow(*z)),
            _ => zip(at, |x, z| (*x).pow(*z)),
        }),
        ("add", |at| operator!(at, map, zip, +)),
        ("sub", |at| match (at.number(0), at.pick(2)) {
            (Some(x), 0) => zip(at, |_, z| z.sub_swapped(x)),
            _ => operator!(at, map, zip, -),
        }),
        ("mul", |at| operator!(at, map, zip, *)),
        ("div", |at| match (at.number(0), at.pick(2)) {
            (Some(x), 0) => zip(at, |_, z| z.div_swapped(x)),
            _ => operator!(at, map, zip, /),
        }),
    ]
}
