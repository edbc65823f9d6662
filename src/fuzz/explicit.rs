//! A small case that says itself what shows its fault.
//!
//! An adapter chooses among an engine's spellings, and hands operands over as views, by the names of nodes: what a case shows
//! may be owed to such a choice, of which the case says nothing. Nodes called [`PLAIN`] leave no choice. If the case shows as
//! much with them, or with a view that is written in front of an operand, then so does a program made of it.

use super::sketch::{Line, Sketch, with_attribute};
use crate::engine::PLAIN;
use crate::graph::{Case, unravel};
use crate::op::{Attr, BroadcastTo, Input, Op, Reshape, Row, Slice, Squeeze, Transpose};
use crate::tensor::{Shape, Tensor};

/// The case with plain nodes, where it still shows what `keep` looks for: as it is, with parameters for constants, with axes
/// that are named, or with operands that are views.
pub(super) fn explicit(case: &Case, keep: impl FnMut(&Case) -> bool) -> Option<Case> {
    find(Sketch::of(case), keep)
}

/// The same of a case that was taken apart.
pub(super) fn find(sketch: Sketch, mut keep: impl FnMut(&Case) -> bool) -> Option<Case> {
    let plain = plain(sketch);
    let params = without_constants(&plain);
    let named = with_axes(&params);
    let unviewed = [Some(&plain), Some(&params), named.as_ref()];
    let mut as_it_is = unviewed.into_iter().flatten().filter_map(Sketch::case);
    if let Some(case) = as_it_is.find(|case| keep(case)) {
        return Some(case);
    }
    for seen in [Some(&params), named.as_ref()].into_iter().flatten() {
        for (views, viewed) in variants(seen) {
            let is_shown = viewed.case().filter(|case| keep(case));
            // a view that shows as much by itself tells nothing of what reads it
            if let Some(case) = is_shown
                && !views.case().is_some_and(|views| keep(&views))
            {
                return Some(case);
            }
        }
    }
    None
}

/// The same program with plain nodes.
fn plain(mut sketch: Sketch) -> Sketch {
    let computed = sketch.lines.iter_mut().filter(|line| !line.is_leaf());
    for (k, line) in computed.enumerate() {
        line.name = Some(match k {
            0 => PLAIN.into(),
            k => format!("{PLAIN}{k}"),
        });
    }
    sketch
}

/// The same program with parameters for constants.
fn without_constants(sketch: &Sketch) -> Sketch {
    let mut params = sketch.clone();
    for line in &mut params.lines {
        if line.op == Op::Input(Input::Const) {
            line.op = Op::Input(Input::Param);
        }
    }
    params
}

/// The same program with the axes named over which all is reduced, if it reduces all: engines have methods of their own for that.
fn with_axes(sketch: &Sketch) -> Option<Sketch> {
    let shapes = sketch.case()?;
    let mut named = sketch.clone();
    let mut is_other = false;
    for (line, id) in named.lines.iter_mut().zip(shapes.graph.ids()) {
        if !line.op.attrs().contains(&("axes", Attr::None)) {
            continue;
        }
        let first = shapes.graph.node(id).args[0];
        let rank = shapes.graph.node(first).shape.rank();
        let axes = Attr::List((0..rank).map(|axis| Attr::Number(axis as f64)).collect());
        line.op = with_attribute(&line.op, "axes", &axes)?;
        is_other = true;
    }
    is_other.then_some(named)
}

/// Other programs of the same values, some of whose leaves are views; and before each the views by themselves.
fn variants(sketch: &Sketch) -> Vec<(Sketch, Sketch)> {
    let mut found = Vec::new();
    let is_number = |place: &usize| sketch.lines[*place].op == Op::Input(Input::Param);
    let leaves: Vec<usize> = (0..sketch.lines.len()).filter(is_number).collect();
    let mut groups: Vec<Vec<usize>> = leaves.iter().map(|&place| vec![place]).collect();
    if leaves.len() > 1 {
        groups.push(leaves);
    }
    for view in VIEWS {
        for group in &groups {
            let mut changed = sketch.clone();
            let mut views = Vec::new();
            // from the last to the first, so that places stay what they are
            let is_seen = group.iter().rev().all(|&place| {
                let count = see(&mut changed, place, view);
                views.iter_mut().for_each(|last| *last += count);
                views.push(place + count);
                count > 0
            });
            if is_seen {
                let changed = plain(changed);
                let mut alone = changed.clone();
                alone.outputs = views.into_iter().map(|place| (place, None)).collect();
                found.push((alone.pruned(), changed));
            }
        }
    }
    found
}

/// All that read a leaf read a view instead, which has the leaf's values. How many operations that takes, 0 if there is no
/// such view of it.
fn see(sketch: &mut Sketch, place: usize, view: View) -> usize {
    let data = sketch.lines[place].data.as_ref();
    let Some((data, ops)) = data.and_then(view) else {
        return 0;
    };
    let count = ops.len();
    let after = |k: &mut usize| *k += if *k >= place { count } else { 0 };
    for line in &mut sketch.lines {
        line.args.iter_mut().for_each(after);
    }
    sketch.outputs.iter_mut().for_each(|(k, _)| after(k));
    sketch.lines[place].data = Some(data);
    let line = |(k, op)| Line::of(op, place + k);
    let views = ops.into_iter().enumerate().map(line);
    sketch.lines.splice(place + 1..=place, views);
    count
}

/// A tensor, and operations that make the given one of it; none if there are none.
type View = fn(&Tensor<f64>) -> Option<(Tensor<f64>, Vec<Op>)>;

/// The layouts that engines have: axes in another order, a part of something larger, every second element, something smaller
/// repeated, another shape; and what was computed.
const VIEWS: [View; 17] = [
    |x| turned(x, |perm| perm.reverse()),
    |x| {
        let last = x.rank().checked_sub(1)?;
        turned(x, |perm| perm.swap(0, last))
    },
    |x| {
        let last = x.rank().checked_sub(2)?;
        turned(x, |perm| perm.swap(last, last + 1))
    },
    |x| part(x, 0, Part::Last),
    |x| part(x, x.rank().checked_sub(1)?, Part::Last),
    |x| part(x, x.rank().checked_sub(1)?, Part::First),
    |x| part(x, x.rank().checked_sub(1)?, Part::EverySecond),
    copied,
    |x| interleaved(x, 0),
    |x| interleaved(x, 1),
    |x| repeated(x, |_| {}),
    |x| repeated(x, |axes| axes.truncate(1)),
    |x| repeated(x, |axes| drop(axes.drain(..axes.len().saturating_sub(1)))),
    spread,
    |x| {
        let ones = x.shape().iter().take_while(|n| **n == 1).count();
        let rest = x.reshape(&x.shape()[ones..]).ok()?;
        (ones > 0).then(|| (rest, vec![broadcast(x.shape())]))
    },
    |x| {
        let flat = x.reshape([x.len()]).ok()?;
        let shape = signed(x.shape());
        (x.rank() != 1).then(|| (flat, vec![Reshape { shape }.into()]))
    },
    |x| Some((x.clone(), vec![Op::pointwise(Row::Neg); 2])),
];

fn signed(sizes: &[usize]) -> Vec<i64> {
    sizes.iter().map(|&n| n as i64).collect()
}

/// With axes that were in another order.
fn turned(x: &Tensor<f64>, order: impl FnOnce(&mut [usize])) -> Option<(Tensor<f64>, Vec<Op>)> {
    let mut perm: Vec<usize> = (0..x.rank()).collect();
    order(&mut perm);
    // both orders are their own inverses
    let turned = x.transpose(&perm).ok()?.contiguous();
    let perm = Some(signed(&perm));
    (x.rank() >= 2).then(|| (turned, vec![Transpose { perm }.into()]))
}

/// What is taken of an axis that is twice as long.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    First,
    Last,
    EverySecond,
}

/// A part along an axis of something twice as large.
fn part(x: &Tensor<f64>, axis: usize, part: Part) -> Option<(Tensor<f64>, Vec<Op>)> {
    let &n = x.shape().get(axis).filter(|n| **n > 0)?;
    let twice = filled(x, x.shape().with(axis, 2 * n), |index| {
        index[axis] = match part {
            Part::First | Part::Last => index[axis] % n,
            Part::EverySecond => index[axis] / 2,
        };
    });
    let (start, step) = match part {
        Part::First => (0, 1),
        Part::Last => (n, 1),
        Part::EverySecond => (0, 2),
    };
    let mut taken = slice(x.rank(), axis, start, step);
    if part == Part::First {
        taken.stop = Some(ends(x.rank(), axis, n));
    }
    Some((twice, vec![taken.into()]))
}

/// One of three copies, which are all the same memory.
fn copied(x: &Tensor<f64>) -> Option<(Tensor<f64>, Vec<Op>)> {
    let sizes: Vec<usize> = [3].iter().chain(&x.shape()[..]).copied().collect();
    let mut second = slice(x.rank() + 1, 0, 1, 1);
    second.stop = Some(ends(x.rank() + 1, 0, 2));
    let squeeze = Squeeze { axes: vec![0] };
    let ops = vec![broadcast(&sizes), second.into(), squeeze.into()];
    (!x.is_empty()).then(|| (x.clone(), ops))
}

/// One of two copies, which lie side by side, element for element.
fn interleaved(x: &Tensor<f64>, place: usize) -> Option<(Tensor<f64>, Vec<Op>)> {
    let sizes = x.shape().iter().copied().chain([2]);
    let both = filled(x, sizes.collect(), |index| {
        index.pop();
    });
    let mut one = slice(x.rank() + 1, x.rank(), place, 1);
    one.stop = Some(ends(x.rank() + 1, x.rank(), place + 1));
    let axes = vec![-1];
    let ops = vec![one.into(), Squeeze { axes }.into()];
    (!x.is_empty()).then_some((both, ops))
}

/// One place of each axis on which all are equal, of the first or the last of them or of all, repeated.
fn repeated(x: &Tensor<f64>, axes: fn(&mut Vec<usize>)) -> Option<(Tensor<f64>, Vec<Op>)> {
    let one = |shape: Shape| filled(x, shape, |_| {});
    let is_same = |axis: &usize| {
        let again = one(x.shape().with(*axis, 1)).broadcast_to(x.shape());
        let mut pairs = again.iter().flat_map(|again| again.iter().zip(x.iter()));
        x.shape()[*axis] > 1 && pairs.all(|(a, b)| a.to_bits() == b.to_bits())
    };
    let all = (0..x.rank()).filter(|_| !x.is_empty());
    let mut equal: Vec<usize> = all.filter(is_same).collect();
    axes(&mut equal);
    let shape = equal
        .iter()
        .fold(x.shape().clone(), |shape, &axis| shape.with(axis, 1));
    (!equal.is_empty()).then(|| (one(shape), vec![broadcast(x.shape())]))
}

/// A number that is repeated everywhere.
fn spread(x: &Tensor<f64>) -> Option<(Tensor<f64>, Vec<Op>)> {
    let mut all = x.iter();
    let first = all.next()?;
    let is_one = all.all(|other| other.to_bits() == first.to_bits()) && x.rank() > 0;
    is_one.then(|| (Tensor::scalar(first), vec![broadcast(x.shape())]))
}

/// The operation that repeats something up to a shape.
pub(super) fn broadcast(shape: &[usize]) -> Op {
    let shape = signed(shape);
    BroadcastTo { shape }.into()
}

/// Another shape, with what `from` finds for each of its places.
fn filled(x: &Tensor<f64>, shape: Shape, from: impl Fn(&mut Vec<usize>)) -> Tensor<f64> {
    Tensor::from_fn(&shape, |k| {
        let mut index = unravel(k, &shape);
        from(&mut index);
        x.at(&index)
    })
}

/// All of a tensor but for one axis.
fn slice(rank: usize, axis: usize, start: usize, step: usize) -> Slice {
    let on_axis = |given: usize, usual: i64| -> Vec<i64> {
        let along = |k| if k == axis { given as i64 } else { usual };
        (0..rank).map(along).collect()
    };
    Slice {
        start: Some(on_axis(start, 0).into_iter().map(Some).collect()),
        stop: None,
        step: (step > 1).then(|| on_axis(step, 1)),
    }
}

/// Where a slice ends: at a place of one axis.
fn ends(rank: usize, axis: usize, stop: usize) -> Vec<Option<i64>> {
    let end = |k| (k == axis).then_some(stop as i64);
    (0..rank).map(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::{Recipe, Scope};
    use crate::modes::run;
    use crate::op::Kind;

    fn values(case: &Case) -> Vec<Tensor<f64>> {
        let params = case.params.to_tensors();
        let values = run(&case.graph, &params).unwrap();
        let outputs = case.graph.outputs().iter();
        outputs.map(|id| values[id.index()].clone()).collect()
    }

    fn is_plain(case: &Case) -> bool {
        let mut lines = Sketch::of(case).lines.into_iter();
        lines.all(|line| line.is_leaf() || line.name.is_some_and(|name| name.starts_with(PLAIN)))
    }

    #[test]
    fn candidates_have_the_values_of_the_case() {
        for kind in Kind::all() {
            let mut scope = Scope::only([kind.name()]).unwrap();
            scope.max_nodes = 1;
            for number in 0..20 {
                let case = Recipe::random(3, number, &scope).decode(&scope);
                let mut asked = 0;
                explicit(&case, |other| {
                    asked += 1;
                    assert!(is_plain(other), "{}", other.to_text());
                    for (a, b) in values(other).iter().zip(&values(&case)) {
                        let is_same = a.shape() == b.shape()
                            && a.iter()
                                .zip(b.iter())
                                .all(|(a, b)| a.to_bits() == b.to_bits());
                        assert!(is_same, "{}\n{}", case.to_text(), other.to_text());
                    }
                    false
                });
                assert!(
                    asked > 1 || case.graph.operations() == 0,
                    "{}",
                    case.to_text()
                );
            }
        }
    }

    #[test]
    fn what_shows_on_a_view_only_is_shown_on_it() {
        // not what the view shows by itself
        let case =
            Case::from_text("secant 1\nparam x [2] = [1.0, 2.0]\ny = exp(x)\nreturn y\n").unwrap();
        let has = |case: &Case, op: &str| case.graph.histogram().contains_key(op);
        assert_eq!(explicit(&case, |case| has(case, "slice")), None);
        assert!(explicit(&case, |case| has(case, "slice") && has(case, "exp")).is_some());
        let text = "secant 1\nparam x [2, 2] = [1.0, 1.0, 2.0, 2.0]\nconst c [2] = [0.5, 0.25]\ny = mul(x, c)\nreturn y\n";
        let case = Case::from_text(text).unwrap();
        for view in ["transpose", "slice", "squeeze", "broadcast_to", "reshape"] {
            let found = explicit(&case, |case| has(case, view) && has(case, "mul"));
            let found = found.unwrap_or_else(|| panic!("no candidate has a {view}"));
            let uses = &found.graph.histogram();
            assert_eq!((uses[view], uses["mul"]), (1, 1), "{}", found.to_text());
        }
        let copied = |case: &Case| {
            ["broadcast_to", "slice", "mul"]
                .iter()
                .all(|op| has(case, op))
        };
        assert!(
            explicit(&case, copied).is_some(),
            "no candidate is one of copies"
        );
        let twice = |case: &Case| case.graph.histogram().get("slice") == Some(&2);
        let all = explicit(&case, |case| twice(case) && has(case, "mul"));
        assert!(all.is_some(), "no candidate has all operands as views");
        let params = explicit(&case, |case| case.params.len() == 2).unwrap();
        assert_eq!(params.graph.operations(), 1, "{}", params.to_text());
        assert_eq!(explicit(&case, |_| false), None);
    }

    #[test]
    fn all_axes_are_named_where_that_shows_it() {
        let text = "secant 1\nparam x [2, 1] = [1.0, 2.0]\ny = mean(x)\nreturn y\n";
        let case = Case::from_text(text).unwrap();
        let is_named = |case: &Case| case.to_text().contains("mean(plain, axes=[0, 1])");
        let found = explicit(&case, |case| is_named(case) && case.graph.operations() == 2);
        assert!(found.is_some(), "no candidate names the axes of a view");
        let is_named = |case: &Case| case.to_text().contains("mean(x, axes=[0, 1])");
        assert!(explicit(&case, is_named).is_some());
    }
}
