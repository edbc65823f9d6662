//! num-dual: dual numbers.

use super::{VERSION, library};
use crate::adapter::{self, Adapter, Row};
use crate::elementary::{elementary, operator};
use crate::forward::{Dual, Forward, map, zip};
use library::{Dual64, DualNum};
use num_traits::Signed;
use secant::Dtype;
use secant::engine::Engine;

/// The engine.
pub(crate) fn open(name: &'static str) -> Box<dyn Engine> {
    Adapter::engine::<Forward<Dual64>>(name, VERSION, &[Dtype::F64], |case, want| {
        adapter::run(&Forward::<Dual64>::of(case), case, want)
    })
}

impl Dual for Dual64 {
    fn new(value: f64, tangent: f64) -> Self {
        Self::new(value, tangent)
    }

    fn value(&self) -> f64 {
        self.re
    }

    fn tangent(&self) -> f64 {
        self.eps
    }

    fn rows() -> Vec<Row<Forward<Self>>> {
        let mut rows: Vec<Row<Forward<Self>>> = vec![
            ("add", |at| operator!(at, map, zip, +)),
            ("sub", |at| operator!(at, map, zip, -)),
            ("mul", |at| operator!(at, map, zip, *)),
            ("div", |at| operator!(at, map, zip, /)),
            ("pow", |at| match (at.number(1), at.pick(2)) {
                (Some(z), 0) => map(at, |x| x.powf(z)),
                _ => zip(at, |x, z| x.powd(*z)),
            }),
            ("powc", |at| {
                let exponent: f64 = at.get("exponent");
                map(at, |x| x.powf(exponent))
            }),
            ("square", |at| match at.pick(3) {
                0 => map(at, |x| x.powi(2)),
                1 => map(at, |x| x.powf(2.0)),
                _ => map(at, |x| *x * *x),
            }),
        ];
        rows.extend(elementary!(Forward<Self>, map, zip));
        rows
    }
}
