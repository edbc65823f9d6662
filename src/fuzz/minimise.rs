//! The smallest case that still shows what a larger one showed.
//!
//! Proptest shrinks recipes; this works on the program itself, so that it also serves a case from a file. A candidate is
//! tried only if it is simpler than the case at hand, so the search ends; and it ends where no change makes the case
//! simpler any more.

use super::culprit::alone;
use super::sketch::{Cost, Line, Sketch, complexity};
use crate::graph::{Case, Dtype};
use crate::modes::run;
use crate::op::{Attr, Input, Op};
use crate::tensor::{Shape, Tensor};

/// How often a property is asked at most; findings are rarely still shrinking after a few hundred.
const ASKED: usize = 2000;

/// A case as small as can be found for which `keep` still holds; the case itself if it does not hold for that.
///
/// Nodes, outputs, axes, elements and digits are dropped for as long as anything can be. The result depends on nothing
/// but the case and the property.
///
/// ```
/// use secant::fuzz::{Recipe, Scope, minimise};
/// let scope = Scope::default();
/// let uses_mul = |case: &secant::Case| case.graph.histogram().contains_key("mul");
/// let case = (0..).map(|k| Recipe::random(1, k, &scope).decode(&scope)).find(uses_mul).unwrap();
/// let small = minimise(&case, uses_mul);
/// assert_eq!(small.graph.operations(), 1);
/// ```
pub fn minimise(case: &Case, keep: impl FnMut(&Case) -> bool) -> Case {
    minimise_within(case, ASKED, keep)
}

/// As [`minimise`], asking `keep` at most `calls` times.
pub fn minimise_within(case: &Case, calls: usize, keep: impl FnMut(&Case) -> bool) -> Case {
    let sketch = Sketch::of(case);
    let mut search = Search {
        best: case.clone(),
        cost: sketch.cost(),
        sketch,
        keep,
        left: calls,
        dead: false,
    };
    if calls == 0 || !search.ask(case) {
        return case.clone();
    }
    search.run();
    search.best
}

struct Search<K> {
    best: Case,
    sketch: Sketch,
    cost: Cost,
    keep: K,
    left: usize,
    /// Whether nodes that no output depends on matter.
    dead: bool,
}

impl<K: FnMut(&Case) -> bool> Search<K> {
    fn ask(&mut self, case: &Case) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        (self.keep)(case)
    }

    /// Takes a candidate if it is simpler, legal, and keeps the property.
    fn accept(&mut self, candidate: Sketch) -> bool {
        let candidate = if self.dead {
            candidate
        } else {
            candidate.pruned()
        };
        let cost = candidate.cost();
        if cost >= self.cost || self.left == 0 {
            return false;
        }
        let Some(case) = candidate.case() else {
            return false;
        };
        if !self.ask(&case) {
            return false;
        }
        (self.sketch, self.cost, self.best) = (candidate, cost, case);
        true
    }

    /// Takes the case as `edit` changes it.
    fn edit(&mut self, edit: impl FnOnce(&mut Sketch)) -> bool {
        let mut candidate = self.sketch.clone();
        edit(&mut candidate);
        self.accept(candidate)
    }

    fn run(&mut self) {
        let pruned = self.sketch.pruned();
        self.dead = pruned.cost() < self.cost && !self.accept(pruned);
        self.blame();
        loop {
            let before = self.cost;
            self.drop_outputs();
            self.drop_nodes();
            self.drop_leaves();
            self.shrink_axes();
            self.simplify_attributes();
            self.simplify_numbers();
            if self.cost == before || self.left == 0 {
                return;
            }
        }
    }

    /// One operation by itself, on parameters that hold what it was given.
    fn blame(&mut self) {
        let Some(values) = self.values() else {
            return;
        };
        let sketch = self.sketch.clone();
        // the first will do
        alone(&sketch, &values).any(|alone| self.accept(alone));
    }

    fn values(&self) -> Option<Vec<Tensor<f64>>> {
        let params = self.best.params.to_tensors();
        run(&self.best.graph, &params).ok()
    }

    fn drop_outputs(&mut self) {
        let mut k = self.sketch.outputs.len();
        while k > 0 && self.sketch.outputs.len() > 1 {
            k = k.min(self.sketch.outputs.len()) - 1;
            let only = self.sketch.outputs[k].clone();
            if !self.edit(|sketch| sketch.outputs = vec![only]) {
                self.edit(|sketch| drop(sketch.outputs.remove(k)));
            }
        }
        for k in 0..self.sketch.outputs.len() {
            self.edit(|sketch| sketch.outputs[k].1 = None);
        }
    }

    /// Nodes from the last to the first: the program ends there, or it is replaced by what it reads, or by its value.
    fn drop_nodes(&mut self) {
        let mut place = self.sketch.lines.len();
        while place > 0 {
            place = place.min(self.sketch.lines.len()) - 1;
            if self.sketch.lines[place].is_leaf() {
                if self.dead {
                    let live: Vec<bool> =
                        (0..self.sketch.lines.len()).map(|k| k != place).collect();
                    let is_read = |line: &Line| line.args.contains(&place);
                    let returned = self.sketch.outputs.iter().any(|(k, _)| *k == place);
                    if !returned && !self.sketch.lines.iter().any(is_read) {
                        self.accept(self.sketch.keeping(&live));
                    }
                }
                continue;
            }
            if self.edit(|sketch| sketch.outputs = vec![(place, None)]) {
                continue;
            }
            let mut args = self.sketch.lines[place].args.clone();
            args.retain(|&arg| !self.sketch.selects(arg));
            if args
                .iter()
                .any(|&arg| self.edit(|sketch| sketch.redirect(place, arg)))
            {
                continue;
            }
            let Some(values) = self.values() else {
                continue;
            };
            let roles: &[Input] = match self.sketch.selects(place) {
                true => &[Input::Index],
                false => &[Input::Const, Input::Param],
            };
            for &role in roles {
                if self.edit(|sketch| sketch.freeze(place, role, &values[place])) {
                    break;
                }
            }
        }
    }

    /// Leaves that another one can stand for, and parameters that need not be any.
    fn drop_leaves(&mut self) {
        let mut place = self.sketch.lines.len();
        while place > 0 {
            place = place.min(self.sketch.lines.len()) - 1;
            for other in 0..place.min(self.sketch.lines.len()) {
                let lines = &self.sketch.lines;
                let is_twin = |a: &Line, b: &Line| match (&a.data, &b.data) {
                    (Some(x), Some(y)) => a.op == b.op && x.shape() == y.shape(),
                    _ => false,
                };
                if place < lines.len()
                    && is_twin(&lines[place], &lines[other])
                    && self.edit(|sketch| sketch.redirect(place, other))
                {
                    break;
                }
            }
            if place < self.sketch.lines.len()
                && self.sketch.lines[place].op == Op::Input(Input::Param)
            {
                self.edit(|sketch| sketch.lines[place].op = Op::Input(Input::Const));
            }
        }
        if self.sketch.dtype == Dtype::F32 {
            self.edit(|sketch| sketch.dtype = Dtype::F64);
        }
    }

    /// Shorter axes: all of one size together, then each leaf's by itself; then fewer of them.
    fn shrink_axes(&mut self) {
        let mut sizes: Vec<usize> = self.leaf_axes().iter().map(|&(_, _, n)| n).collect();
        sizes.sort_unstable();
        sizes.dedup();
        for n in sizes.into_iter().rev().filter(|&n| n > 1) {
            let axes: Vec<(usize, usize, usize)> = self.leaf_axes();
            let same: Vec<(usize, usize)> = axes
                .iter()
                .filter(|axis| axis.2 == n)
                .map(|&(place, axis, _)| (place, axis))
                .collect();
            self.narrow(&same, n, true);
        }
        for (place, axis, n) in self.leaf_axes() {
            if n > 1 {
                self.narrow(&[(place, axis)], n, false);
            }
        }
        let lines = self.sketch.lines.len();
        for axis in 0..4 {
            let dropped = |sketch: &mut Sketch, only: Option<usize>| {
                for (place, line) in sketch.lines.iter_mut().enumerate() {
                    if let (true, Some(data)) = (only.is_none_or(|k| k == place), &mut line.data) {
                        *data = without_axis(data, axis).unwrap_or(data.clone());
                    }
                }
            };
            self.edit(|sketch| dropped(sketch, None));
            for place in 0..lines.min(self.sketch.lines.len()) {
                self.edit(|sketch| dropped(sketch, Some(place)));
            }
        }
    }

    /// The place, axis and size of each axis of a leaf.
    fn leaf_axes(&self) -> Vec<(usize, usize, usize)> {
        let leaves = self.sketch.lines.iter().enumerate();
        leaves
            .filter_map(|(place, line)| Some((place, line.data.as_ref()?)))
            .flat_map(|(place, data)| {
                let sizes = data.shape().to_vec().into_iter().enumerate();
                sizes.map(move |(axis, n)| (place, axis, n))
            })
            .collect()
    }

    /// Shortens axes of size `n`: to 1, to a half, by 1, from either end; also where attributes name the size.
    fn narrow(&mut self, axes: &[(usize, usize)], n: usize, attributes: bool) {
        let mut smaller = vec![1, n / 2, n - 1];
        smaller.dedup();
        for m in smaller {
            for first in [0, n - m] {
                let taken = self.edit(|sketch| {
                    for &(place, axis) in axes {
                        let data = sketch.lines[place].data.as_mut().expect("a leaf");
                        *data = part(data, axis, first, m);
                    }
                    for line in &mut sketch.lines {
                        if line.op == Op::Input(Input::Index) {
                            // indices stay in range
                            line.data = line.data.as_ref().map(|data| {
                                data.map(|x| {
                                    if x.abs() >= m as f64 {
                                        x.signum().min(0.0)
                                    } else {
                                        x
                                    }
                                })
                            });
                        }
                        if attributes {
                            replace_size(&mut line.op, n as f64, m as f64);
                        }
                    }
                });
                if taken {
                    return;
                }
            }
        }
    }

    fn simplify_attributes(&mut self) {
        for place in 0..self.sketch.lines.len() {
            for (name, attr) in self.sketch.lines[place].op.given_attrs() {
                let kind = self.sketch.lines[place].op.kind();
                let default = kind.and_then(|kind| {
                    let specs = kind.specs().into_iter();
                    specs
                        .filter(|spec| spec.name == name)
                        .find_map(|spec| spec.default)
                });
                for simpler in default.into_iter().chain(simpler_attributes(&attr)) {
                    let Some(op) = with_attribute(&self.sketch.lines[place].op, name, simpler)
                    else {
                        continue;
                    };
                    if self.edit(|sketch| sketch.lines[place].op = op) {
                        break;
                    }
                }
            }
        }
    }

    /// All numbers of a leaf at once, then one by one: 0, 1, integers, fewer digits.
    fn simplify_numbers(&mut self) {
        for place in 0..self.sketch.lines.len() {
            let Some(data) = self.sketch.lines[place].data.clone() else {
                continue;
            };
            let is_index = self.sketch.lines[place].op == Op::Input(Input::Index);
            let set = |search: &mut Self, data: Tensor<f64>| {
                search.edit(|sketch| sketch.lines[place].data = Some(data))
            };
            let all: [fn(f64) -> f64; 5] = [
                |_| 0.0,
                |_| 1.0,
                f64::round,
                |x| digits(x, 1),
                |x| digits(x, 2),
            ];
            let tried = all.iter().take(if is_index { 1 } else { all.len() });
            for simpler in tried {
                if set(self, data.map(simpler)) {
                    break;
                }
            }
            for k in 0..data.len().min(32) {
                let data = self.sketch.lines[place].data.clone().expect("still a leaf");
                let x = data.to_vec()[k];
                let simpler = [
                    0.0,
                    1.0,
                    2.0,
                    -1.0,
                    x.round(),
                    digits(x, 1),
                    digits(x, 2),
                    digits(x, 3),
                ];
                for y in simpler.into_iter().take(if is_index { 2 } else { 8 }) {
                    let replaced = replace(&data, k, y);
                    if complexity(y) < complexity(x) && set(self, replaced) {
                        break;
                    }
                }
            }
        }
        for output in 0..self.sketch.outputs.len() {
            let Some(ct) = self.sketch.outputs[output].1.clone() else {
                continue;
            };
            for k in 0..ct.len().min(32) {
                let data = self.sketch.outputs[output].1.clone().expect("still given");
                let x = data.to_vec()[k];
                for y in [0.0, 1.0, x.round(), digits(x, 1)] {
                    let replaced = replace(&data, k, y);
                    if complexity(y) < complexity(x)
                        && self.edit(|sketch| sketch.outputs[output].1 = Some(replaced))
                    {
                        break;
                    }
                }
            }
        }
    }
}

/// `x` with this many significant digits.
fn digits(x: f64, count: usize) -> f64 {
    format!("{x:.*e}", count - 1).parse().unwrap_or(x)
}

fn replace(x: &Tensor<f64>, place: usize, y: f64) -> Tensor<f64> {
    let mut k = 0;
    x.map(|x| {
        k += 1;
        if k - 1 == place { y } else { x }
    })
}

/// The `count` places from `first` along an axis.
fn part(x: &Tensor<f64>, axis: usize, first: usize, count: usize) -> Tensor<f64> {
    let shape = x.shape().with(axis, count);
    Tensor::from_fn(&shape, |k| {
        let mut index = crate::graph::unravel(k, &shape);
        index[axis] += first;
        x.at(&index)
    })
}

/// The same elements without an axis of size 1.
fn without_axis(x: &Tensor<f64>, axis: usize) -> Option<Tensor<f64>> {
    if x.shape().get(axis) != Some(&1) {
        return None;
    }
    let kept = x.shape().iter().enumerate().filter(|(k, _)| *k != axis);
    let shape: Shape = kept.map(|(_, &n)| n).collect();
    x.reshape(&shape).ok()
}

/// Attributes of the same kind that are simpler, the simplest first.
fn simpler_attributes(attr: &Attr) -> Vec<Attr> {
    match attr {
        Attr::Number(x) => {
            let simpler = [0.0, 1.0, 2.0, x.round(), digits(*x, 1), digits(*x, 2)];
            simpler.map(Attr::Number).to_vec()
        }
        Attr::List(items) => {
            let shorter = (0..items.len()).map(|k| {
                let mut items = items.clone();
                items.remove(k);
                items
            });
            let simpler = items.iter().enumerate().flat_map(|(k, item)| {
                simpler_attributes(item).into_iter().map(move |simpler| {
                    let mut items = items.clone();
                    items[k] = simpler;
                    items
                })
            });
            shorter.chain(simpler).map(Attr::List).collect()
        }
        _ => Vec::new(),
    }
}

/// The operation with one attribute changed, if it may have that value.
fn with_attribute(op: &Op, name: &str, value: Attr) -> Option<Op> {
    let attrs = op.attrs().into_iter().map(|(key, old)| {
        let new = if key == name { value.clone() } else { old };
        (key.to_string(), new)
    });
    op.kind()?.with(&attrs.collect::<Vec<_>>()).ok()
}

/// Writes `m` for `n` in the attributes that are lists: they may be sizes.
fn replace_size(op: &mut Op, n: f64, m: f64) {
    for (name, attr) in op.attrs() {
        if let Attr::List(mut items) = attr {
            for item in &mut items {
                if *item == Attr::Number(n) {
                    *item = Attr::Number(m);
                }
            }
            if let Some(changed) = with_attribute(op, name, Attr::List(items)) {
                *op = changed;
            }
        }
    }
}
