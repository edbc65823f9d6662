//! echidna: a tape of the thread's.

use super::{VERSION, library};
use crate::adapter::{self, Adapter, Answer, Library, Read, Row};
use crate::elementary::{elementary, operator, rounding};
use crate::unrolled::{self, Grid, Scalars, map, zip};
use library::tape::{Tape, TapeGuard, with_active_tape};
use library::{Reverse, Scalar};
use num_traits::Float;
use secant::Dtype;
use secant::engine::Engine;

/// The engine.
pub(crate) fn open(name: &'static str) -> Box<dyn Engine> {
    Adapter::engine::<Echidna>(name, VERSION, &[Dtype::F64], |case, want| {
        let mut tape = Tape::<f64>::new();
        let _active = TapeGuard::new(&mut tape);
        adapter::run(&Echidna, case, want)
    })
}

struct Echidna;

type Number = Reverse<f64>;

impl Scalars for Echidna {
    type Number = Number;

    fn add(x: &Number, z: &Number) -> Number {
        *x + *z
    }

    fn mul(x: &Number, z: &Number) -> Number {
        *x * *z
    }
}

impl Library for Echidna {
    type Tensor = Grid<Number>;

    fn rows() -> Vec<Row<Self>> {
        let mut rows = unrolled::rows();
        rows.extend(elementary!(Self, map, zip));
        rows.extend(rounding!(Self, map, zip));
        rows.extend(numbers());
        rows
    }

    fn leaf(&self, shape: &[usize], data: &[f64], is_param: bool) -> Answer<Grid<Number>> {
        let variable = |&x: &f64| {
            let (place, x) = with_active_tape(|tape: &mut Tape<f64>| tape.new_variable(x));
            Number::from_tape(x, place)
        };
        let constant = |&x: &f64| Number::constant(x);
        Ok(Grid {
            shape: shape.into(),
            numbers: match is_param {
                true => data.iter().map(variable).collect(),
                false => data.iter().map(constant).collect(),
            },
        })
    }

    fn read(&self, x: &Grid<Number>) -> Answer<Read> {
        Ok(x.read(Scalar::value))
    }

    fn gradient(
        &self,
        outputs: &[(Grid<Number>, secant::Tensor<f64>)],
        params: &[Grid<Number>],
    ) -> Answer<Vec<Option<Read>>> {
        // added to a variable, since the place of a constant is none of the tape's
        let mut loss = self.leaf(&[1], &[0.0], true)?.numbers[0];
        for (y, cotangent) in outputs {
            for (y, cotangent) in y.numbers.iter().zip(cotangent.iter()) {
                loss += *y * cotangent;
            }
        }
        let adjoints = with_active_tape(|tape: &mut Tape<f64>| tape.reverse(loss.index()));
        let read = |x: &Grid<Number>| {
            let adjoint = |x: &Number| adjoints[x.index() as usize];
            Some(x.read(adjoint))
        };
        Ok(params.iter().map(read).collect())
    }
}

fn numbers() -> Vec<Row<Echidna>> {
    vec![
        ("add", |at| operator!(at, map, zip, +, left)),
        ("sub", |at| operator!(at, map, zip, -, left)),
        ("mul", |at| operator!(at, map, zip, *, left)),
        ("div", |at| operator!(at, map, zip, /, left)),
        ("pow", |at| zip(at, |x, z| x.powf(*z))),
        ("powc", |at| {
            let exponent = Number::constant(at.get("exponent"));
            map(at, |x| x.powf(exponent))
        }),
        ("square", |at| match at.pick(3) {
            0 => map(at, |x| x.powi(2)),
            1 => map(at, |x| x.powf(Number::constant(2.0))),
            _ => map(at, |x| *x * *x),
        }),
    ]
}
