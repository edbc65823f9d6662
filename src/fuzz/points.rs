//! Further points of a program: the same graph, constants and cotangents, with other numbers for its parameters.
//!
//! An engine that compiles a program takes a hundred times as long for it as for a point.

use super::guard::{Operand, attempt, lets_through};
use super::values::{self, mix};
use super::{Recipe, Scope};
use crate::graph::Case;
use crate::op::{Input, Op, splitmix64};
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// Where fresh numbers do not suit the program its own are made larger by up to this part, then by less.
const PARTS: [f64; 3] = [0.5, 0.05, 0.005];

/// Case `number` of a run in which each program has so many points. The first is its own; where the program has no further
/// one, there is another program.
pub(super) fn case(seed: u64, number: u64, points: u64, scope: &Scope) -> Case {
    let (program, point) = (number / points, number % points);
    let own = Recipe::random(seed, program, scope).decode(scope);
    match point {
        0 => own,
        _ => at(&own, seed ^ program, point)
            .unwrap_or_else(|| Recipe::random(!seed, number, scope).decode(scope)),
    }
}

/// The case at another point that it could have been drawn at; none if none was found.
fn at(case: &Case, seed: u64, point: u64) -> Option<Case> {
    let word = splitmix64(seed ^ splitmix64(point)) as u32;
    let fresh = |place: u64, x: &Tensor<f64>| {
        let (style, seed) = (mix(word, 2 * place), mix(word, 2 * place + 1));
        values::leaf(x.shape(), style, seed | 1, case.dtype)
    };
    let larger = |part: f64| {
        // elements that are equal stay so
        move |place: u64, x: &Tensor<f64>| {
            let factor = 1.0 + part * f64::from(mix(word, place)) / 4_294_967_296.0;
            x.map(|x| case.dtype.round(x * factor))
        }
    };
    let tries = std::iter::once(with(case, fresh));
    let mut tries = tries.chain(PARTS.iter().map(|&part| with(case, larger(part))));
    tries.find(|other| other.params != case.params && is_tame(other))
}

/// The case with other numbers for each parameter, by its place.
fn with(case: &Case, numbers: impl Fn(u64, &Tensor<f64>) -> Tensor<f64>) -> Case {
    let mut other = case.clone();
    for ((name, x), place) in case.params.iter().zip(0..) {
        other.params.insert(name, numbers(place, x));
    }
    other
}

/// Whether a program that is drawn may go on with each of its nodes.
fn is_tame(case: &Case) -> bool {
    let graph = &case.graph;
    let mut known: Vec<(Tensor<f64>, bool)> = Vec::with_capacity(graph.nodes().len());
    for id in graph.ids() {
        let node = graph.node(id);
        let entry = match &node.op {
            Op::Input(Input::Param) => (case.params[&graph.name(id)].clone(), true),
            Op::Input(_) => (graph.constants()[&id].clone(), false),
            op => {
                let operands = node.args.iter().map(|arg| {
                    let (value, moves) = &known[arg.index()];
                    let moves = *moves;
                    Operand { value, moves }
                });
                let operands: SmallVec<[Operand<'_>; 3]> = operands.collect();
                let Some(value) = attempt(op, &operands, &node.shape, false) else {
                    return false;
                };
                let moves = operands.iter().any(|operand| operand.moves);
                (value, moves && lets_through(op, operands.len()))
            }
        };
        known.push(entry);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_programs_have_further_points_and_nothing_else_changes() {
        let scope = Scope::default();
        let mut found = 0;
        for number in 0..200 {
            let case = Recipe::random(5, number, &scope).decode(&scope);
            for point in 1..4 {
                let Some(other) = at(&case, 5 ^ number, point) else {
                    continue;
                };
                found += 1;
                assert_ne!(other.params, case.params);
                assert_eq!(Some(&other), at(&case, 5 ^ number, point).as_ref());
                let back = Case {
                    params: case.params.clone(),
                    ..other.clone()
                };
                assert_eq!(back, case);
                assert!(is_tame(&other));
                let legal = Case::with(other.graph, other.params, other.cotangents, other.dtype);
                legal.expect("numbers of the right shapes");
            }
        }
        assert!(found > 480, "{found} of 600");
    }
}
