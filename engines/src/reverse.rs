//! reverse: a tape of `f64` variables.

use super::{VERSION, library};
use crate::adapter::{self, Adapter, Answer, Library, Read, Row};
use crate::elementary::operator;
use crate::unrolled::{self, Grid, Scalars, map, zip};
use library::{Gradient, Powf, Tape, Var};
use secant::Dtype;
use secant::engine::Engine;

/// The engine.
pub(crate) fn open(name: &'static str) -> Box<dyn Engine> {
    Adapter::engine::<Reverse<'static>>(name, VERSION, &[Dtype::F64], |case, want| {
        adapter::run(&Reverse { tape: &Tape::new() }, case, want)
    })
}

struct Reverse<'t> {
    tape: &'t Tape,
}

impl<'t> Scalars for Reverse<'t> {
    type Number = Var<'t>;

    fn add(x: &Var<'t>, z: &Var<'t>) -> Var<'t> {
        *x + *z
    }

    fn mul(x: &Var<'t>, z: &Var<'t>) -> Var<'t> {
        *x * *z
    }
}

impl<'t> Library for Reverse<'t> {
    type Tensor = Grid<Var<'t>>;

    fn rows() -> Vec<Row<Self>> {
        let mut rows = unrolled::rows();
        rows.extend(numbers());
        rows
    }

    fn leaf(&self, shape: &[usize], data: &[f64], _: bool) -> Answer<Grid<Var<'t>>> {
        Ok(Grid {
            shape: shape.into(),
            numbers: self.tape.add_vars(data),
        })
    }

    fn read(&self, x: &Grid<Var<'t>>) -> Answer<Read> {
        Ok(x.read(Var::val))
    }

    fn gradient(
        &self,
        outputs: &[(Grid<Var<'t>>, secant::Tensor<f64>)],
        params: &[Grid<Var<'t>>],
    ) -> Answer<Vec<Option<Read>>> {
        let mut loss = self.tape.add_var(0.0);
        for (y, cotangent) in outputs {
            for (y, cotangent) in y.numbers.iter().zip(cotangent.iter()) {
                loss = loss + *y * cotangent;
            }
        }
        let gradient = loss.grad();
        let read = |x: &Grid<Var<'t>>| {
            let data = gradient.wrt(&x.numbers[..]);
            let shape = x.shape.to_vec();
            Some(Read { shape, data })
        };
        Ok(params.iter().map(read).collect())
    }
}

fn numbers<'t>() -> Vec<Row<Reverse<'t>>> {
    vec![
        ("neg", |at| map(at, |x| -*x)),
        ("abs", |at| map(at, Var::abs)),
        ("square", |at| match at.pick(3) {
            0 => map(at, |x| x.powi(2)),
            1 => map(at, |x| x.powf(2.0)),
            _ => map(at, |x| *x * *x),
        }),
        ("cube", |at| map(at, |x| x.powi(3))),
        ("recip", |at| match at.pick(3) {
            0 => map(at, Var::recip),
            1 => map(at, |x| 1.0 / *x),
            _ => map(at, |x| x.powi(-1)),
        }),
        ("sqrt", |at| match at.pick(2) {
            0 => map(at, Var::sqrt),
            _ => map(at, |x| x.powf(0.5)),
        }),
        ("cbrt", |at| map(at, Var::cbrt)),
        ("exp", |at| map(at, Var::exp)),
        ("exp2", |at| map(at, |x| x.exp2())),
        ("log", |at| map(at, Var::ln)),
        ("log2", |at| match at.pick(2) {
            0 => map(at, Var::log2),
            _ => map(at, |x| x.log(2.0)),
        }),
        ("log10", |at| map(at, Var::log10)),
        ("log1p", |at| map(at, Var::ln_1p)),
        ("sin", |at| map(at, Var::sin)),
        ("cos", |at| map(at, Var::cos)),
        ("tan", |at| map(at, Var::tan)),
        ("asin", |at| map(at, Var::asin)),
        ("acos", |at| map(at, Var::acos)),
        ("atan", |at| map(at, Var::atan)),
        ("sinh", |at| map(at, Var::sinh)),
        ("cosh", |at| map(at, Var::cosh)),
        ("tanh", |at| map(at, Var::tanh)),
        ("asinh", |at| map(at, Var::asinh)),
        ("acosh", |at| map(at, Var::acosh)),
        ("atanh", |at| map(at, Var::atanh)),
        ("powi", |at| {
            let n = at.get::<i64>("n") as i32;
            map(at, |x| x.powi(n))
        }),
        ("powc", |at| {
            let exponent: f64 = at.get("exponent");
            map(at, |x| x.powf(exponent))
        }),
        ("pow", |at| match (at.number(0), at.number(1), at.pick(2)) {
            (_, Some(z), 0) => map(at, |x| x.powf(z)),
            (Some(x), _, 0) => zip(at, |_, z| Powf::powf(&x, *z)),
            _ => zip(at, |x, z| x.powf(*z)),
        }),
        ("add", |at| operator!(at, map, zip, +, left)),
        ("sub", |at| operator!(at, map, zip, -, left)),
        ("mul", |at| operator!(at, map, zip, *, left)),
        ("div", |at| operator!(at, map, zip, /, left)),
    ]
}
