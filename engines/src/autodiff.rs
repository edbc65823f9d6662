//! autodiff: dual numbers.

use super::{VERSION, library};
use crate::adapter::{self, Adapter, Row};
use crate::elementary::{elementary, operator, rounding};
use crate::forward::{Dual, Forward, map, zip};
use library::{FT, Float};
use secant::Dtype;
use secant::engine::Engine;

/// The engine.
pub(crate) fn open(name: &'static str) -> Box<dyn Engine> {
    Adapter::engine::<Forward<FT<f64>>>(name, VERSION, &[Dtype::F64], |case, want| {
        adapter::run(&Forward::<FT<f64>>::of(case), case, want)
    })
}

impl Dual for FT<f64> {
    fn new(value: f64, tangent: f64) -> Self {
        Self::new(value, tangent)
    }

    fn value(&self) -> f64 {
        self.x
    }

    fn tangent(&self) -> f64 {
        self.dx
    }

    fn rows() -> Vec<Row<Forward<Self>>> {
        let mut rows: Vec<Row<Forward<Self>>> = vec![
            ("add", |at| operator!(at, map, zip, +, left)),
            ("sub", |at| operator!(at, map, zip, -, left)),
            ("mul", |at| operator!(at, map, zip, *, left)),
            ("div", |at| operator!(at, map, zip, /, left)),
            ("pow", |at| match (at.number(1), at.pick(2)) {
                (Some(z), 0) => map(at, |x| x.pow(z)),
                _ => zip(at, |x, z| x.powf(*z)),
            }),
            ("powc", |at| {
                let exponent: f64 = at.get("exponent");
                match at.pick(2) {
                    0 => map(at, |x| x.powf(Self::cst(exponent))),
                    _ => map(at, |x| x.pow(exponent)),
                }
            }),
            ("square", |at| match at.pick(3) {
                0 => map(at, |x| x.powi(2)),
                1 => map(at, |x| x.pow(2.0)),
                _ => map(at, |x| *x * *x),
            }),
        ];
        rows.extend(elementary!(Forward<Self>, map, zip));
        rows.extend(rounding!(Forward<Self>, map, zip));
        rows
    }
}
