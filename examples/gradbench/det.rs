//! The determinant by expansion in minors: a recursion of about n! products, which is its point here.

use super::nested::gradient;
use super::protocol::{Answer, Request, unknown_function, within};
use secant::{Real, scalar};
use serde::Deserialize;
use smallvec::SmallVec;
use std::convert::identity;

#[derive(Deserialize)]
struct Input {
    #[serde(rename = "A")]
    a: Vec<f64>,
    ell: usize,
}

/// 11! products are some 4 GB on a tape.
const LARGEST: usize = 11;

/// A square matrix, row-major, and its negative: the signs of an expansion alternate, and are not computed again for
/// each minor.
struct Matrix<N> {
    size: usize,
    signed: [Vec<N>; 2],
}

impl<N: Real> Matrix<N> {
    fn new(size: usize, elements: &[N]) -> Self {
        let negative = elements.iter().map(|&x| -x).collect();
        Self {
            size,
            signed: [elements.to_vec(), negative],
        }
    }

    /// The determinant of the last rows, `row` the first of them, in the columns whose bits are set.
    fn minor(&self, row: usize, columns: u32) -> N {
        if row + 1 == self.size {
            return self.signed[0][row * self.size + columns.trailing_zeros() as usize];
        }
        let mut elements = SmallVec::<[N; LARGEST]>::new();
        let mut minors = SmallVec::<[N; LARGEST]>::new();
        for column in (0..self.size).filter(|column| columns >> column & 1 == 1) {
            elements.push(self.signed[elements.len() % 2][row * self.size + column]);
            minors.push(self.minor(row + 1, columns & !(1 << column)));
        }
        N::dot(&elements, &minors)
    }

    fn determinant(&self) -> N {
        self.minor(0, (1 << self.size) - 1)
    }
}

fn prepare(input: Input) -> Result<Input, String> {
    let Input { ell, a } = &input;
    within("ell", *ell, 1, LARGEST)?;
    within("the length of A", a.len(), ell * ell, ell * ell)?;
    Ok(input)
}

pub(crate) fn call(function: &str, request: &Request) -> Answer {
    match function {
        "primal" => request.measure(
            prepare,
            |input| Ok(Matrix::new(input.ell, &input.a).determinant()),
            identity,
        ),
        "gradient" => request.measure(
            |input| Ok((prepare(input)?, scalar::Tape::new())),
            |(input, tape)| {
                Ok(gradient(tape, &input.a, |a| {
                    Matrix::new(input.ell, a).determinant()
                }))
            },
            identity,
        ),
        _ => unknown_function(function),
    }
}
