//! Neighbours of a small case: each differs from it in one thing, an attribute, a dimension, a number, the arithmetic.
//!
//! Which of them an engine gets right tells what its fault depends on. The search that made the case small has thrown away
//! what could go; this changes what is left, also to something larger.

use super::recipe::Recipe;
use super::scope::Scope;
use super::sketch::{Line, Sketch, with_attribute};
use crate::graph::{Case, Dtype};
use crate::op::{Attr, AttrSpec, Input, Op};
use crate::tensor::{Shape, Tensor};

/// How many cases of some operations are drawn.
const DRAWN: u64 = 400;

/// No neighbour has a tensor with more elements.
const LARGEST: usize = 256;

/// All neighbours that are legal, in a fixed order.
pub(super) fn neighbours(case: &Case) -> Vec<Case> {
    let sketch = Sketch::of(case);
    let mut found = Vec::new();
    let mut take = |edit: &dyn Fn(&mut Sketch)| {
        let mut changed = sketch.clone();
        edit(&mut changed);
        let sizes = changed.lines.iter().filter_map(|line| line.data.as_ref());
        if sizes.map(Tensor::len).max() <= Some(LARGEST) {
            found.extend(changed.case().filter(|other| other != case));
        }
    };
    take(&|sketch| {
        sketch.dtype = match sketch.dtype {
            Dtype::F32 => Dtype::F64,
            Dtype::F64 => Dtype::F32,
        };
    });
    for (place, line) in sketch.lines.iter().enumerate() {
        for op in other_attributes(&line.op) {
            take(&|sketch| sketch.lines[place].op = op.clone());
        }
        if !line.is_leaf() {
            for (i, j) in pairs(line.args.len()) {
                take(&|sketch| sketch.lines[place].args[j] = sketch.lines[place].args[i]);
            }
            for j in 0..line.args.len() {
                if sketch.reads(line.args[j]) > 1 {
                    take(&|sketch| part_with(sketch, place, j));
                }
            }
        }
    }
    let leaves: Vec<usize> = (0..sketch.lines.len())
        .filter(|&place| sketch.lines[place].data.is_some())
        .collect();
    for &place in &leaves {
        for other in other_numbers(&sketch.lines[place]) {
            take(&|sketch| sketch.lines[place].data = Some(other.clone()));
        }
    }
    // each leaf by itself, then all together
    let groups = leaves.iter().map(|&place| vec![place]);
    for group in groups.chain([leaves.clone()]) {
        for reshaping in RESHAPINGS {
            for axis in 0..4 {
                take(&|sketch| {
                    for &place in &group {
                        let data = sketch.lines[place].data.as_mut().expect("a leaf");
                        *data = reshaping(data, axis).unwrap_or_else(|| data.clone());
                    }
                });
            }
        }
    }
    found
}

/// Random cases in which some operations come about once each: the same in every run.
pub(super) fn drawn(ops: &[String]) -> Vec<Case> {
    let Ok(mut scope) = Scope::only(ops.iter().map(String::as_str)) else {
        // an operation of the user's has nothing to be drawn by
        return Vec::new();
    };
    scope.max_nodes = ops.len();
    let all = (0..DRAWN).map(|number| Recipe::random(1, number, &scope).decode(&scope));
    all.filter(|drawn| drawn.graph.operations() > 0).collect()
}

fn pairs(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..count).flat_map(move |j| (0..j).map(move |i| (i, j)))
}

/// An operand that is read elsewhere too becomes a leaf of its own, with the same numbers.
fn part_with(sketch: &mut Sketch, place: usize, operand: usize) {
    let twin = sketch.lines[place].args[operand];
    if sketch.lines[twin].data.is_none() {
        return;
    }
    let copy = Line {
        name: None,
        ..sketch.lines[twin].clone()
    };
    sketch.insert(twin + 1, copy);
    sketch.lines[place + 1].args[operand] = twin + 1;
}

type Reshaping = fn(&Tensor<f64>, usize) -> Option<Tensor<f64>>;

/// Another size of an axis, one axis more, one less.
const RESHAPINGS: [Reshaping; 5] = [
    |x, axis| resized(x, axis, |n| n + 1),
    |x, axis| resized(x, axis, |_| 1),
    |x, axis| with_axis(x, axis, 1),
    |x, axis| with_axis(x, axis, 2),
    |x, axis| {
        let first = resized(x, axis, |_| 1)?;
        let kept = first.shape().iter().enumerate().filter(|(k, _)| *k != axis);
        let shape: Shape = kept.map(|(_, &n)| n).collect();
        first.reshape(&shape).ok()
    },
];

/// The axis with another size: what is new repeats what was there.
fn resized(x: &Tensor<f64>, axis: usize, size: fn(usize) -> usize) -> Option<Tensor<f64>> {
    let &n = x.shape().get(axis).filter(|n| **n > 0)?;
    let shape = x.shape().with(axis, size(n));
    Some(Tensor::from_fn(&shape, |k| {
        let mut index = crate::graph::unravel(k, &shape);
        index[axis] %= n;
        x.at(&index)
    }))
}

/// The same numbers, as often as the new axis has places; equal copies would make ties, so each is a little larger.
fn with_axis(x: &Tensor<f64>, axis: usize, size: usize) -> Option<Tensor<f64>> {
    (axis <= x.rank()).then_some(())?;
    let mut sizes: Vec<usize> = x.shape().to_vec();
    sizes.insert(axis, size);
    let is_index = x.iter().all(|x| x.fract() == 0.0);
    let shape: Shape = sizes.into();
    Some(Tensor::from_fn(&shape, |k| {
        let mut index = crate::graph::unravel(k, &shape);
        let copy = index.remove(axis) as f64;
        let value = x.at(&index);
        if is_index {
            value
        } else {
            value * (1.0 + 0.125 * copy)
        }
    }))
}

/// The operation with one attribute changed, in every way.
fn other_attributes(op: &Op) -> Vec<Op> {
    let Some(kind) = op.kind() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for ((name, value), spec) in op.attrs().iter().zip(&kind.specs()) {
        let mut others = variations(value, spec);
        others.retain(|other| other != value);
        found.extend(
            others
                .iter()
                .filter_map(|other| with_attribute(op, name, other)),
        );
    }
    found
}

/// Other values that an attribute may have. Not all need be legal.
fn variations(value: &Attr, spec: &AttrSpec) -> Vec<Attr> {
    let mut others: Vec<Attr> = spec.default.clone().into_iter().collect();
    let number = |x: f64| Attr::Number(x);
    match value {
        Attr::Bool(flag) => others.push(Attr::Bool(!flag)),
        Attr::Number(x) => {
            others.extend([x + 1.0, x - 1.0, 0.0, 1.0, 2.0, 3.0, -1.0, -x, 0.5].map(number));
            others.push(Attr::None);
        }
        Attr::None => {
            others.extend([0.0, 1.0, 2.0, 3.0, -1.0].map(number));
            others.extend([0.0, -1.0].map(|axis| Attr::List(vec![number(axis)])));
        }
        Attr::Text(_) => {
            // the table names the words that there are
            let words = spec.expected.split('"').skip(1).step_by(2);
            others.extend(words.map(|word| Attr::Text(word.into())));
        }
        Attr::List(items) => {
            others.push(Attr::None);
            for k in 0..items.len() {
                let with = |item: Option<Attr>| {
                    let mut items = items.clone();
                    match item {
                        Some(item) => items[k] = item,
                        None => drop(items.remove(k)),
                    }
                    Attr::List(items)
                };
                let inner = AttrSpec {
                    default: None,
                    ..*spec
                };
                others.extend(
                    variations(&items[k], &inner)
                        .into_iter()
                        .map(Some)
                        .map(with),
                );
                others.push(with(None));
            }
        }
    }
    others
}

/// Other numbers for a leaf: without ties, without zeros, of one sign, all the same.
fn other_numbers(line: &Line) -> Vec<Tensor<f64>> {
    let Some(data) = &line.data else {
        return Vec::new();
    };
    let by_place = |f: &dyn Fn(f64, f64) -> f64| {
        let mut k = -1.0;
        data.map(|x| {
            k += 1.0;
            f(k, x)
        })
    };
    if line.op == Op::Input(Input::Index) {
        let apart = by_place(&|k, _| k);
        let counted = data.map(|x| x.max(0.0));
        let back = by_place(&|k, _| -1.0 - k);
        return vec![apart, counted, back, data.map(|_| 0.0), data.map(|_| -1.0)];
    }
    vec![
        by_place(&|k, x| x + 0.0625 * (k + 1.0)),
        by_place(&|k, x| if x == 0.0 { 0.5 + 0.125 * k } else { x }),
        data.map(f64::abs),
        data.map(|x| -x),
        data.map(|_| 0.5),
        data.map(|_| 0.0),
        by_place(&|k, _| if k == 0.0 { 0.0 } else { 0.5 + 0.125 * k }),
    ]
}
