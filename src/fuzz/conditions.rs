//! What a fault depends on, in words.
//!
//! A fact is a sentence that is true of the small case: `keepdims=true`, an index that repeats, a rank. The engine is asked
//! for the neighbours of the case and for random cases of the same operations. A fact is a condition if whatever shows
//! the fault has it, and if it alone explains why some of those do not show it that did not have it. Facts are taken as
//! long as they explain anything, those that explain most first; so a fact that merely follows from another is not named.

use super::sweep::{drawn, neighbours};
use crate::graph::{Case, Dtype};
use crate::modes::run;
use crate::op::{Attr, AttrSpec, Op};
use crate::tensor::{Shape, Tensor, resolve_axis};

/// What one look at a neighbour told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// The same fault.
    Fault,
    /// All is right.
    Right,
    /// Something else: undecided, unsupported, another fault.
    Neither,
}

/// A fact by chance true of all that fail is taken for a condition less often than this.
const CHANCE: f64 = 1e-3;

/// A smaller share of what was tried is an accident, which nothing need explain.
const SHARE: f64 = 0.02;

/// What a fault depends on, and how much was looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Conditions {
    /// Sentences that follow "it": "needs a repeated index", "only f32". None if nothing was seen to matter.
    pub(super) words: Vec<String>,
    /// How many of the cases that meet them show the fault, of how many.
    pub(super) shown: (usize, usize),
}

/// One operation and what it was given.
struct Use {
    op: Op,
    args: Vec<usize>,
    values: Vec<Tensor<f64>>,
    dtype: Dtype,
}

type Test = Box<dyn Fn(&Use) -> bool>;

/// A sentence and whether it holds of an operation's use.
struct Fact {
    words: String,
    op: String,
    test: Test,
}

impl Fact {
    /// Whether it holds of a case: of one of the uses of its operation.
    fn holds(&self, uses: &[Use]) -> bool {
        let mut own = uses.iter().filter(|one| one.op.name() == self.op);
        own.any(|one| (self.test)(one))
    }
}

/// A case that was looked at.
struct Row {
    holds: Vec<bool>,
    fails: bool,
    drawn: bool,
}

/// The conditions of what a small case shows. `look` asks the engine.
pub(super) fn conditions(case: &Case, mut look: impl FnMut(&Case) -> Seen) -> Conditions {
    let facts = facts(case);
    let mut rows = Vec::new();
    let near = neighbours(case).into_iter().map(|case| (case, false));
    let far = drawn(case).into_iter().map(|case| (case, true));
    for (other, drawn) in near.chain(far) {
        let seen = look(&other);
        if seen == Seen::Neither {
            continue;
        }
        let Some(uses) = uses(&other) else { continue };
        rows.push(Row {
            holds: facts.iter().map(|fact| fact.holds(&uses)).collect(),
            fails: seen == Seen::Fault,
            drawn,
        });
    }
    let chosen = choose(&rows, facts.len());
    let met: Vec<&Row> = rows
        .iter()
        .filter(|row| chosen.iter().all(|&fact| row.holds[fact]))
        .collect();
    Conditions {
        words: chosen
            .iter()
            .map(|&fact| facts[fact].words.clone())
            .collect(),
        shown: (met.iter().filter(|row| row.fails).count(), met.len()),
    }
}

/// The facts that tell what fails from what does not.
fn choose(rows: &[Row], facts: usize) -> Vec<usize> {
    let right = rows.iter().filter(|row| !row.fails).count();
    let mut open: Vec<&Row> = rows.iter().filter(|row| !row.fails).collect();
    let mut chosen: Vec<usize> = Vec::new();
    let failing: Vec<&Row> = rows.iter().filter(|row| row.fails).collect();
    let necessary: Vec<usize> = (0..facts)
        .filter(|&fact| failing.iter().all(|row| row.holds[fact]))
        .collect();
    let far = rows.iter().filter(|row| row.drawn);
    let far: Vec<&Row> = far.collect();
    let by_chance = |fact: usize| {
        let share = far.iter().filter(|row| row.holds[fact]).count() as f64 / far.len() as f64;
        let failures = far.iter().filter(|row| row.fails).count();
        share.powi(failures as i32)
    };
    while !open.is_empty() {
        let explained = |fact: usize| open.iter().filter(|row| !row.holds[fact]).count();
        // a neighbour that is right is evidence, and so are many cases that happen to share the fact
        let is_evident = |fact: usize| {
            let near = open.iter().any(|row| !row.drawn && !row.holds[fact]);
            near || by_chance(fact) < CHANCE
        };
        let candidates = necessary.iter().copied().filter(|&fact| {
            let explains = explained(fact);
            explains as f64 >= SHARE * right as f64 && explains > 0 && is_evident(fact)
        });
        // of equals the first, which is the more telling sentence
        let Some(best) = candidates.rev().max_by_key(|&fact| explained(fact)) else {
            break;
        };
        open.retain(|row| row.holds[best]);
        chosen.push(best);
    }
    // one that the others make superfluous goes again
    for place in (0..chosen.len()).rev() {
        let others = |row: &&Row| {
            let mut rest = chosen.iter().enumerate().filter(|(k, _)| *k != place);
            !row.fails && rest.all(|(_, &fact)| row.holds[fact])
        };
        if rows.iter().filter(others).count() <= open.len() {
            chosen.remove(place);
        }
    }
    chosen.sort_unstable();
    chosen
}

/// The uses of operations in a case.
fn uses(case: &Case) -> Option<Vec<Use>> {
    let params: Vec<Tensor<f64>> = case.params.values().cloned().collect();
    let values = run(&case.graph, &params).ok()?;
    let nodes = case.graph.nodes().iter();
    let computed = nodes.filter(|node| !matches!(node.op, Op::Input(_)));
    let uses = computed.map(|node| Use {
        op: node.op.clone(),
        args: node.args.iter().map(|arg| arg.index()).collect(),
        values: node
            .args
            .iter()
            .map(|arg| values[arg.index()].clone())
            .collect(),
        dtype: case.dtype,
    });
    Some(uses.collect())
}

/// All that can be said of a case, the most telling first.
fn facts(case: &Case) -> Vec<Fact> {
    let uses = uses(case).unwrap_or_default();
    let many = uses.len() > 1;
    let mut facts = Vec::new();
    for one in &uses {
        let name = one.op.name().to_string();
        let mut add = |words: String, test: Test| {
            if test(one) {
                let words = match many {
                    true => format!("{name}: {words}"),
                    false => words,
                };
                facts.push(Fact {
                    words,
                    op: name.clone(),
                    test,
                });
            }
        };
        of_attributes(one, &mut add);
        of_indices(one, &mut add);
        of_operands(one, &mut add);
        of_numbers(one, &mut add);
    }
    facts
}

type Add<'a> = &'a mut dyn FnMut(String, Test);

/// The attribute of a name.
fn attr(op: &Op, name: &str) -> Option<Attr> {
    let attrs = op.attrs().into_iter();
    attrs
        .into_iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The numbers of an attribute, in lists too.
fn numbers(attr: &Attr) -> Vec<f64> {
    match attr {
        Attr::Number(x) => vec![*x],
        Attr::List(items) => items.iter().flat_map(numbers).collect(),
        _ => Vec::new(),
    }
}

fn of_attributes(one: &Use, add: Add<'_>) {
    let specs: Vec<AttrSpec> = one.op.kind().map(|kind| kind.specs()).unwrap_or_default();
    for ((name, value), spec) in one.op.attrs().into_iter().zip(specs) {
        let having = move |test: fn(&Attr) -> bool| -> Test {
            Box::new(move |one| attr(&one.op, name).is_some_and(|attr| test(&attr)))
        };
        if name == "stride" && attr(&one.op, "kernel").is_some() {
            of_strides(add);
            continue;
        }
        if name == "axis" {
            of_axis(add);
        }
        if let Attr::Number(usual) = spec.default.clone().unwrap_or(Attr::None) {
            let other = move |x: f64| x != usual;
            add(
                format!("only with {name} other than {}", Attr::Number(usual)),
                Box::new(move |one| {
                    attr(&one.op, name).is_some_and(|attr| numbers(&attr).into_iter().any(other))
                }),
            );
            add(
                format!("only with {name}={}", Attr::Number(usual)),
                Box::new(move |one| {
                    attr(&one.op, name).is_some_and(|attr| !numbers(&attr).into_iter().any(other))
                }),
            );
        }
        let is_negative = |attr: &Attr| numbers(attr).iter().any(|x| *x < 0.0);
        add(format!("only with a negative {name}"), having(is_negative));
        add(
            format!("only with {name} above 1"),
            having(|attr| numbers(attr).iter().any(|x| *x > 1.0)),
        );
        if value != Attr::None && spec.default == Some(Attr::None) {
            add(
                format!("only with {name} given"),
                having(|attr| *attr != Attr::None),
            );
        }
        let is_list = |attr: &Attr| matches!(attr, Attr::List(_));
        if is_list(&value) {
            let several = |attr: &Attr| matches!(attr, Attr::List(items) if items.len() > 1);
            add(format!("only with several {name}"), having(several));
            let single = |attr: &Attr| matches!(attr, Attr::List(items) if items.len() == 1);
            add(format!("only with one of {name}"), having(single));
            let unequal = |attr: &Attr| {
                let all = numbers(attr);
                all.iter().any(|x| *x != all[0])
            };
            add(format!("only with unequal {name}"), having(unequal));
        } else {
            let words = format!("only {name}={value}");
            let same = move |one: &Use| attr(&one.op, name).as_ref() == Some(&value);
            add(words, Box::new(same));
        }
    }
}

/// A pool's stride is its kernel unless it is given.
fn of_strides(add: Add<'_>) {
    let steps_over = |one: &Use| {
        let (stride, kernel) = (attr(&one.op, "stride"), attr(&one.op, "kernel"));
        let (Some(stride), Some(kernel)) = (stride, kernel) else {
            return false;
        };
        let (stride, kernel) = (numbers(&stride), numbers(&kernel));
        let longest = stride.len().max(kernel.len());
        let at = |list: &[f64], k: usize| list.get(k).or(list.first()).copied();
        !stride.is_empty() && (0..longest).any(|k| at(&stride, k) != at(&kernel, k))
    };
    add("only with stride != kernel".into(), Box::new(steps_over));
    add(
        "only with stride = kernel".into(),
        Box::new(move |one| !steps_over(one)),
    );
}

/// Where the axis lies, however it was counted.
fn of_axis(add: Add<'_>) {
    let place = |one: &Use| -> Option<(usize, usize)> {
        let Some(Attr::Number(axis)) = attr(&one.op, "axis") else {
            return None;
        };
        let rank = one.values.first()?.rank();
        Some((resolve_axis(axis as i64, rank).ok()?, rank))
    };
    let is_last = move |one: &Use| place(one).is_some_and(|(axis, rank)| axis + 1 == rank);
    let is_first = move |one: &Use| place(one).is_some_and(|(axis, _)| axis == 0);
    add(
        "only along another axis than the last".into(),
        Box::new(move |one| !is_last(one)),
    );
    add(
        "only along another axis than the first".into(),
        Box::new(move |one| !is_first(one)),
    );
    add("only along the last axis".into(), Box::new(is_last));
    add("only along the first axis".into(), Box::new(is_first));
}

/// The operands that select.
fn indices(one: &Use) -> impl Iterator<Item = &Tensor<f64>> {
    let places = one.values.iter().enumerate();
    places
        .filter(|(i, _)| one.op.is_index(*i))
        .map(|(_, value)| value)
}

fn of_indices(one: &Use, add: Add<'_>) {
    if indices(one).next().is_none() {
        return;
    }
    add(
        "needs a repeated index".into(),
        Box::new(|one| indices(one).any(has_equal)),
    );
    add(
        "needs an index without repetitions".into(),
        Box::new(|one| !indices(one).any(has_equal)),
    );
    add(
        "needs a negative index".into(),
        Box::new(|one| indices(one).any(|x| x.iter().any(|x| x < 0.0))),
    );
    add(
        "needs an index that is not in order".into(),
        Box::new(|one| indices(one).any(|x| x.to_vec().windows(2).any(|w| w[1] < w[0]))),
    );
}

/// Whether two elements are equal.
fn has_equal(x: &Tensor<f64>) -> bool {
    let mut all = x.to_vec();
    all.sort_by(f64::total_cmp);
    all.windows(2).any(|pair| pair[0] == pair[1])
}

fn of_operands(one: &Use, add: Add<'_>) {
    add("only f32".into(), Box::new(|one| one.dtype == Dtype::F32));
    add("only f64".into(), Box::new(|one| one.dtype == Dtype::F64));
    if one.values.len() > 1 {
        add(
            "needs the same tensor twice".into(),
            Box::new(|one| (0..one.args.len()).any(|i| one.args[..i].contains(&one.args[i]))),
        );
        let shapes = |one: &Use| -> Vec<Shape> {
            let places = one.values.iter().enumerate();
            let floats = places.filter(|(i, _)| !one.op.is_index(*i));
            floats.map(|(_, x)| x.shape().clone()).collect()
        };
        let differ = move |one: &Use| shapes(one).windows(2).any(|pair| pair[0] != pair[1]);
        let words = match one.op {
            Op::Pointwise(_) => ["needs broadcasting", "needs operands of one shape"],
            _ => [
                "needs operands of different shapes",
                "needs operands of one shape",
            ],
        };
        add(words[0].into(), Box::new(differ));
        add(words[1].into(), Box::new(move |one| !differ(one)));
    }
    let names = one.op.kind().map_or(&[][..], |kind| kind.operands());
    for (i, value) in one.values.iter().enumerate() {
        let of = match (i, names.get(i)) {
            (0, _) | (_, None) => String::new(),
            (_, Some(name)) => format!(" of {}", name.trim_end_matches("..")),
        };
        let rank = value.rank();
        let has = move |test: fn(usize, usize) -> bool| -> Test {
            Box::new(move |one| one.values.get(i).is_some_and(|x| test(x.rank(), rank)))
        };
        if rank > 0 {
            add(format!("needs rank {rank} or more{of}"), has(|a, b| a >= b));
        }
        add(format!("needs rank {rank}{of}"), has(|a, b| a == b));
        add(format!("needs rank {rank} or less{of}"), has(|a, b| a <= b));
        let sized = move |test: fn(&[usize]) -> bool| -> Test {
            Box::new(move |one| one.values.get(i).is_some_and(|x| test(x.shape())))
        };
        add(
            format!("needs more than one element{of}"),
            sized(|shape| shape.iter().product::<usize>() > 1),
        );
        add(
            format!("needs an axis of size 1{of}"),
            sized(|shape| shape.contains(&1)),
        );
        add(
            format!("needs an empty axis{of}"),
            sized(|shape| shape.contains(&0)),
        );
        add(
            format!("needs a last axis of size 1{of}"),
            sized(|shape| shape.last() == Some(&1)),
        );
        add(
            format!("needs unequal axes{of}"),
            sized(|shape| shape.iter().any(|n| *n != shape[0])),
        );
    }
}

fn of_numbers(one: &Use, add: Add<'_>) {
    let names = one.op.kind().map_or(&[][..], |kind| kind.operands());
    for i in (0..one.values.len()).filter(|&i| !one.op.is_index(i)) {
        let of = match names.get(i) {
            Some(name) => format!(" in {}", name.trim_end_matches("..")),
            None => String::new(),
        };
        let has = move |test: fn(&Tensor<f64>) -> bool| -> Test {
            Box::new(move |one| one.values.get(i).is_some_and(test))
        };
        add(
            format!("needs a 0{of}"),
            has(|x| x.iter().any(|x| x == 0.0)),
        );
        add(format!("needs equal elements{of}"), has(has_equal));
        add(
            format!("needs a negative number{of}"),
            has(|x| x.iter().any(|x| x < 0.0)),
        );
        add(
            format!("needs a number above 1{of}"),
            has(|x| x.iter().any(|x| x.abs() > 1.0)),
        );
    }
}

impl Conditions {
    /// All of it as one phrase, which is the same for all cases of a fault.
    pub(super) fn phrase(&self) -> String {
        let (shown, met) = self.shown;
        let accidents = met - shown;
        match &self.words[..] {
            [] if met == 0 => "nothing else could be tried".into(),
            [] if accidents as f64 <= SHARE * met as f64 => "any shape, any attributes".into(),
            [] => "no condition was found".into(),
            words => words.join(", "),
        }
    }

    /// How much the phrase explains.
    pub(super) fn evidence(&self) -> String {
        let (shown, met) = self.shown;
        format!("of {met} cases tried that meet this, {shown} show it")
    }
}
