//! The operation that is to blame for what a program shows: most faults are in one rule.

use super::explicit;
use super::sketch::{Line, Sketch};
use crate::engine::PLAIN;
use crate::graph::Case;
use crate::modes::run;
use crate::op::{Input, Op, Row};
use crate::tensor::Tensor;

/// An operation that is to blame.
pub(super) struct Culprit {
    /// Its name.
    pub(super) op: String,
    /// It by itself, on what the case gave it; its operands may be views, or be read by something else too.
    pub(super) case: Case,
}

/// Names for a node that is looked at by itself: adapters may choose among spellings and views by them.
const NAMES: [&str; 12] = [
    PLAIN, "y", "ya", "yb", "yc", "yd", "ye", "yf", "yg", "yh", "yi", "yj",
];

/// The operations of a case, each by itself on parameters that hold what the case gave it; under their own names first, then
/// under others.
pub(super) fn alone(sketch: &Sketch, values: &[Tensor<f64>]) -> impl Iterator<Item = Sketch> {
    let names = std::iter::once(None).chain(NAMES.map(Some));
    names.flat_map(move |name| {
        let computed = sketch.computed();
        computed.map(move |place| {
            let mut alone = sketch.alone(place, values);
            if let (Some(name), Some(last)) = (name, alone.lines.last_mut()) {
                last.name = Some(name.into());
            }
            alone
        })
    })
}

/// The first operation that keeps the property by itself; if none does, with one operand for several that are equal; on views of
/// what the case gave it; or where one of its operands is read by something else too.
pub(super) fn culprit(case: &Case, mut keep: impl FnMut(&Case) -> bool) -> Option<Culprit> {
    let sketch = Sketch::of(case);
    let params = case.params.to_tensors();
    let values = run(&case.graph, &params).ok()?;
    let by_name = alone(&sketch, &values).find_map(|alone| {
        let op = alone.lines.last()?.op.name().to_string();
        let case = alone.case().filter(|case| keep(case))?;
        Some(Culprit { op, case })
    });
    let each = |find: &mut dyn FnMut(Sketch) -> Option<Case>| {
        sketch.computed().find_map(|place| {
            let op = sketch.lines[place].op.name().to_string();
            let case = find(sketch.alone(place, &values))?;
            Some(Culprit { op, case })
        })
    };
    by_name
        .or_else(|| each(&mut |alone| twins(alone)?.case().filter(|case| keep(case))))
        .or_else(|| each(&mut |alone| explicit::find(alone, &mut keep)))
        .or_else(|| {
            each(&mut |alone| {
                let cases = beside(&alone).into_iter();
                cases
                    .filter_map(|beside| beside.case())
                    .find(|case| keep(case))
            })
        })
}

/// The first case that keeps the property without any operation: a parameter that holds what the operations of a case read or
/// made. Nothing can be said of an operation whose numbers an engine cannot even take.
pub(super) fn bare(case: &Case, keep: impl FnMut(&Case) -> bool) -> Option<Case> {
    let sketch = Sketch::of(case);
    let params = case.params.to_tensors();
    let values = run(&case.graph, &params).ok()?;
    let is_number = |&place: &usize| sketch.lines[place].op != Op::Input(Input::Index);
    let leaves = (0..values.len()).filter(is_number).filter_map(|place| {
        let mut leaf = sketch.clone();
        leaf.freeze(place, Input::Param, &values[place]);
        leaf.outputs = vec![(place, None)];
        leaf.pruned().case()
    });
    leaves.into_iter().find(keep)
}

/// An operation by itself that reads one operand wherever it read one of several that are equal, also if one of them is the other
/// broadcast; none if there are no such.
fn twins(alone: Sketch) -> Option<Sketch> {
    let mut merged = alone.clone();
    let is_number = |place: &usize| {
        let line = &alone.lines[*place];
        line.is_leaf() && line.op != Op::Input(Input::Index)
    };
    let leaves: Vec<usize> = (0..alone.lines.len()).filter(is_number).collect();
    let mut is_changed = false;
    for &place in &leaves {
        let is_twin = |other: &usize| is_spread(&alone.lines[*other], &alone.lines[place]);
        let mut others = leaves.iter().copied().filter(|&other| other != place);
        let same_shape = |other: usize| {
            let [a, b] = [other, place].map(|k| alone.lines[k].data.as_ref().map(Tensor::shape));
            a == b
        };
        // of two of one shape the first stays
        let Some(first) =
            others.find(|other| is_twin(other) && (*other < place || !same_shape(*other)))
        else {
            continue;
        };
        is_changed = true;
        // what is read twice is differentiated, if either was
        if alone.lines[place].op == Op::Input(Input::Param) {
            merged.lines[first].op = Op::Input(Input::Param);
        }
        let mut twin = first;
        if let (false, Some(data)) = (same_shape(first), &alone.lines[place].data) {
            twin = merged.lines.len() - 1;
            merged.insert(twin, Line::of(explicit::broadcast(data.shape()), first));
        }
        let last = merged.lines.last_mut()?;
        let read = last.args.iter_mut().filter(|arg| **arg == place);
        read.for_each(|arg| *arg = twin);
    }
    is_changed.then(|| merged.pruned())
}

/// Whether a leaf holds the same numbers as another one, or those broadcast.
fn is_spread(from: &Line, to: &Line) -> bool {
    let (Some(x), Some(y)) = (&from.data, &to.data) else {
        return false;
    };
    let spread = x.broadcast_to(y.shape());
    let mut pairs = spread.iter().flat_map(|x| x.iter().zip(y.iter()));
    spread.is_ok() && pairs.all(|(x, y)| x.to_bits() == y.to_bits())
}

/// An operation by itself, and beside it another one that reads one of its operands: in either order, as engines go through
/// programs from the end, and with an operand that is computed itself.
fn beside(alone: &Sketch) -> Vec<Sketch> {
    let mut found = Vec::new();
    let negation = |arg| Line::of(Op::pointwise(Row::Neg), arg);
    let Some(place) = alone.lines.len().checked_sub(1) else {
        return found;
    };
    let mut operands = alone.lines[place].args.clone();
    operands.sort_unstable();
    operands.dedup();
    operands.retain(|&arg| !alone.selects(arg));
    for arg in operands {
        let mut computed = alone.clone();
        let leaf = &mut computed.lines[arg];
        leaf.data = leaf.data.as_ref().map(|data| data.map(|x| -x));
        computed.insert(arg + 1, negation(arg));
        let last = computed.lines.len() - 1;
        for line in &mut computed.lines[arg + 2..] {
            let read = line.args.iter_mut().filter(|read| **read == arg);
            read.for_each(|read| *read = arg + 1);
        }
        for (program, arg, place) in [(alone, arg, place), (&computed, arg + 1, last)] {
            let mut after = program.clone();
            after.lines.push(negation(arg));
            let mut before = program.clone();
            before.insert(place, negation(arg));
            for mut both in [after, before] {
                for outputs in [[place, place + 1], [place + 1, place]] {
                    both.outputs = outputs.map(|place| (place, None)).to_vec();
                    found.push(both.clone());
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::{Recipe, Scope};
    use crate::op::{Id, Kind};

    fn case(text: &str) -> Case {
        Case::from_text(text).unwrap()
    }

    /// How many operations read what one of a name reads, it included, and whether one of those comes before it.
    fn readers(case: &Case, op: &str) -> (usize, bool) {
        let nodes = case.graph.nodes();
        let place = nodes.iter().position(|node| node.op.name() == op);
        let Some(place) = place else {
            return (0, false);
        };
        let arg = nodes[place].args[0];
        let reads = |node: &&crate::graph::Node| node.args.contains(&arg);
        let earlier = nodes[..place].iter().any(|node| node.args.contains(&arg));
        (nodes.iter().filter(reads).count(), earlier)
    }

    #[test]
    fn what_is_wrong_beside_another_reader_only_is_to_blame() {
        let text = "secant 1\nparam x [2] = [1.0, 2.0]\na = exp(x)\nb = sin(a)\nc = mul(a, b)\nd = cos(c)\nreturn d\n";
        for earlier in [false, true] {
            // as an engine that overwrites what another reader gave
            let shows = |case: &Case| readers(case, "sin") == (2, earlier);
            let found = culprit(&case(text), shows).expect("found");
            assert_eq!(found.op, "sin");
            let uses = found.case.graph.histogram();
            assert_eq!(
                (uses["sin"], uses["neg"], uses.len()),
                (1, 1, 2),
                "{}",
                found.case.to_text()
            );
        }
        assert!(culprit(&case(text), |_| false).is_none());
    }

    #[test]
    fn equal_operands_are_tried_as_one() {
        let text =
            "secant 1\nparam x [2] = [1.0, 2.0]\na = flip(x, axes=[])\nb = sub(a, x)\nreturn b\n";
        let shows = |case: &Case| {
            let nodes = case.graph.nodes().iter();
            let mut nodes = nodes.filter(|node| node.op.name() == "sub");
            nodes.any(|node| node.args[0] == node.args[1] || case.graph.operations() > 1)
        };
        let found = culprit(&case(text), shows).expect("found");
        let uses = found.case.graph.histogram();
        assert_eq!((found.op.as_str(), uses.len()), ("sub", 1));
        // also if one of them is the other broadcast
        let shows = |case: &Case| {
            let nodes = case.graph.nodes();
            let mut subs = nodes.iter().filter(|node| node.op.name() == "sub");
            let of_both = |id: &Id| nodes[id.index()].args.first().copied().unwrap_or(*id);
            subs.any(|node| of_both(&node.args[0]) == of_both(&node.args[1]))
        };
        let exact = case(
            "secant 1\nparam x [2] = [1.0, 2.0]\na = broadcast_to(x, shape=[3, 2])\nd = sub(x, a)\nreturn d\n",
        );
        assert!(shows(&exact));
        let found = culprit(&exact, shows).expect("found");
        assert_eq!(found.op, "sub");
    }

    #[test]
    fn what_needs_no_operation_blames_none() {
        let text = "secant 1\nparam x [2, 0] = []\nconst k [1] = [1.0]\nindex i [1] = [0]\na = sum(x, axes=[1])\nb = take(a, i, axis=0)\nreturn b\n";
        let is_empty = |case: &Case| case.params.values().any(|x| x.is_empty());
        let found = bare(&case(text), is_empty).expect("found");
        assert_eq!(
            (found.graph.operations(), found.graph.nodes().len()),
            (0, 1)
        );
        assert!(is_empty(&found));
        // also what an operation made, but no index
        let sizes = |case: &Case| case.params.values().map(Tensor::len).collect::<Vec<_>>();
        let mut seen = Vec::new();
        assert!(
            bare(&case(text), |case| {
                seen.push(sizes(case));
                false
            })
            .is_none()
        );
        assert_eq!(seen, [[0], [1], [2], [1]]);
    }

    #[test]
    fn an_operation_by_itself_comes_first() {
        let text = "secant 1\nparam x [2] = [1.0, 2.0]\na = exp(x)\nb = mul(a, x)\nreturn b\n";
        let found = culprit(&case(text), |case| {
            case.graph.histogram().contains_key("mul")
        })
        .expect("found");
        assert_eq!(
            (found.op.as_str(), found.case.graph.operations()),
            ("mul", 1)
        );
    }

    #[test]
    fn every_operation_has_programs_beside_it() {
        for kind in Kind::all() {
            let mut scope = Scope::only([kind.name()]).unwrap();
            scope.max_nodes = 1;
            let drawn = (0..20).map(|number| Recipe::random(5, number, &scope).decode(&scope));
            // what selects has no gradient that could be overwritten
            let reads_numbers = |case: &Case| {
                let mut nodes = case.graph.nodes().iter();
                nodes.any(|node| (0..node.args.len()).any(|i| !node.op.is_index(i)))
            };
            let drawn: Vec<Case> = drawn
                .filter(|case| case.graph.operations() == 1 && reads_numbers(case))
                .collect();
            let mut legal = 0;
            for case in &drawn {
                let sketch = Sketch::of(case);
                let place = sketch.computed().next().expect("one");
                let values = run(&case.graph, &case.params.to_tensors()).unwrap();
                let all = beside(&sketch.alone(place, &values));
                legal += all.iter().filter(|beside| beside.case().is_some()).count();
            }
            assert!(drawn.is_empty() || legal > 0, "{}", kind.name());
        }
    }
}
