//! What a fault depends on, in words.
//!
//! A fact is a sentence that is true of a small case: `keepdims=true`, an index that repeats, a rank. An engine is asked for
//! random cases of the operations in which it failed, the same in every run, and a [`Rule`] is a few facts that together tell
//! those which fail from the others. First that is looked for which all failures have in common; if it does not tell them, several
//! faults, each with a rule that is clear. So the same fault has the same conditions whichever case showed it first.
//!
//! Where random cases hardly ever fail, the neighbours of the case are asked for instead.

use super::sweep::{drawn, neighbours};
use crate::graph::{Case, Dtype, Node};
use crate::modes::run;
use crate::op::{Attr, AttrSpec, Id, Op};
use crate::tensor::{Shape, Tensor, resolve_axis};
use std::collections::HashSet;
use std::sync::Arc;

/// What one look at a case told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// The same fault.
    Fault,
    /// All is right.
    Right,
    /// Something else: undecided, unsupported, another fault.
    Neither,
}

/// A smaller share of what meets a rule and does not fail is an accident, which nothing need explain.
const SHARE: f64 = 0.02;

/// So few random cases that fail tell nothing.
const FEW: usize = 3;

/// Of the cases that meet a clear rule this share fails.
const CLEAR: f64 = 0.9;

/// No operation is taken to have more faults of one class, and rules of their own for them.
const SEVERAL: usize = 3;

/// So much more a rule must tell of what fails, in bits, than it takes to write it down.
const EVIDENCE: f64 = 10.0;

/// Facts that hold of what fails, and together of hardly anything else.
pub(super) struct Rule {
    facts: Vec<Fact>,
    /// How many of the cases that meet it show the fault, of how many.
    shown: (usize, usize),
}

/// All that was found out about the faults of one class in some operations.
#[derive(Default)]
pub(super) struct Rules(Vec<Rule>);

/// One operation and what it was given.
struct Use {
    op: Op,
    args: Vec<usize>,
    /// Whether an operand is read by something else too, or returned.
    is_shared: bool,
    values: Vec<Tensor<f64>>,
    dtype: Dtype,
}

type Test = Arc<dyn Fn(&Use) -> bool + Send + Sync>;

/// A sentence and whether it holds of an operation's use.
#[derive(Clone)]
struct Fact {
    words: String,
    op: String,
    test: Test,
    /// The more telling kind of sentence comes first.
    kind: usize,
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
    uses: Vec<Use>,
    fails: bool,
}

impl Row {
    /// None if it tells nothing.
    fn of(case: &Case, seen: Seen) -> Option<Self> {
        let fails = match seen {
            Seen::Fault => true,
            Seen::Right => false,
            Seen::Neither => return None,
        };
        let uses = uses(case)?;
        Some(Self { uses, fails })
    }
}

/// How many fail, and how many do not.
fn tally<'r>(rows: impl Iterator<Item = &'r Row>) -> (usize, usize) {
    rows.fold((0, 0), |(fail, right), row| match row.fails {
        true => (fail + 1, right),
        false => (fail, right + 1),
    })
}

fn is_pure((fail, right): (usize, usize)) -> bool {
    right as f64 <= SHARE * (fail + right) as f64
}

/// The rules for operations, from random cases of them. `look` asks the engine.
pub(super) fn rules(ops: &[String], mut look: impl FnMut(&Case) -> Seen) -> Rules {
    let cases = drawn(ops).into_iter();
    let rows = cases.filter_map(|case| Row::of(&case, look(&case)));
    let rows: Vec<Row> = rows.collect();
    let failing: Vec<&Row> = rows.iter().filter(|row| row.fails).collect();
    if failing.len() < FEW {
        return Rules::default();
    }
    let pool = sorted(failing.iter().flat_map(|row| facts(&row.uses)).collect());
    let rule = |facts: &[&Fact]| Rule::of(facts, &rows);
    // what all of them have in common
    let common = rule(&grow(&pool.iter().collect::<Vec<_>>(), &rows, true));
    if common.purity() >= CLEAR {
        return Rules(vec![common]);
    }
    // or several faults, each with a rule that is clear
    let base = failing.len() as f64 / rows.len() as f64;
    let mut open = failing.clone();
    let mut several = Vec::new();
    while let (Some(first), true) = (open.first(), several.len() < SEVERAL) {
        let own: Vec<&Fact> = pool.iter().filter(|fact| fact.holds(&first.uses)).collect();
        let found = rule(&grow(&own, &rows, false));
        // what it says of the cases that fail is worth more than its words
        let cost = found.facts.len() as f64 * (pool.len() as f64).log2() + EVIDENCE;
        let is_worth_it = -base.log2() * found.shown.0 as f64 >= cost;
        if found.purity() < 1.0 - SHARE || !is_worth_it {
            open.remove(0);
            continue;
        }
        open.retain(|row| !found.holds(&row.uses));
        several.push(found);
    }
    let explained = |row: &&&Row| several.iter().any(|rule| rule.holds(&row.uses));
    let share = failing.iter().filter(explained).count() as f64 / failing.len() as f64;
    match share >= 1.0 - SHARE {
        true => Rules(several),
        false => Rules(vec![common]),
    }
}

/// The conditions of what a single case shows, which random cases hardly do: from its neighbours. What holds of these operations
/// comes first, of several conditions that tell as much.
pub(super) fn of_one(case: &Case, ops: &[String], mut look: impl FnMut(&Case) -> Seen) -> Rule {
    let own = uses(case).unwrap_or_default();
    let mut facts = sorted(facts(&own));
    facts.sort_by_key(|fact| !ops.contains(&fact.op));
    let near = neighbours(case).into_iter();
    let rows = near.filter_map(|case| Row::of(&case, look(&case)));
    let own = Row {
        uses: own,
        fails: true,
    };
    let rows: Vec<Row> = std::iter::once(own).chain(rows).collect();
    Rule::of(
        &grow(&facts.iter().collect::<Vec<_>>(), &rows, false),
        &rows,
    )
}

/// Of these facts as few as tell what fails from what does not: one after the other that tells most, of equals the first, which
/// is the more telling sentence. If they are to be `common`, nearly all that fails has to have them.
fn grow<'f>(facts: &[&'f Fact], rows: &[Row], common: bool) -> Vec<&'f Fact> {
    let mut chosen: Vec<&Fact> = Vec::new();
    let mut met: Vec<&Row> = rows.iter().collect();
    let least = match common {
        true => (1.0 - SHARE) * tally(rows.iter()).0 as f64,
        false => 1.0,
    };
    // a fact that tells less is an accident
    let worth = (facts.len() as f64).log2();
    loop {
        let before = tally(met.iter().copied());
        if is_pure(before) {
            break;
        }
        // the information that a fact adds about those that fail
        let purity = |(fail, right): (usize, usize)| (fail as f64 / (fail + right) as f64).log2();
        let gain = |fact: &Fact| {
            let after = tally(met.iter().copied().filter(|row| fact.holds(&row.uses)));
            match after.0 as f64 {
                fail if fail < least => 0.0,
                fail => fail * (purity(after) - purity(before)),
            }
        };
        let mut best = (if common { worth } else { 0.0 }, None);
        for fact in facts {
            let gain = gain(fact);
            if gain > best.0 + 1e-9 {
                best = (gain, Some(*fact));
            }
        }
        let Some(best) = best.1 else { break };
        met.retain(|row| best.holds(&row.uses));
        chosen.push(best);
    }
    // one that the others make superfluous goes again
    let right = tally(met.iter().copied()).1;
    for place in (0..chosen.len()).rev() {
        let rest = |row: &&Row| {
            let mut others = chosen.iter().enumerate().filter(|(k, _)| *k != place);
            others.all(|(_, fact)| fact.holds(&row.uses))
        };
        let without = tally(rows.iter().filter(rest));
        if is_pure(without) || without.1 <= right {
            chosen.remove(place);
        }
    }
    chosen.sort_by_key(|fact| fact.kind);
    chosen
}

/// Each sentence once, the most telling first.
fn sorted(mut facts: Vec<Fact>) -> Vec<Fact> {
    let mut known = HashSet::new();
    facts.retain(|fact| known.insert(fact.words.clone()));
    facts.sort_by_key(|fact| fact.kind);
    facts
}

/// The uses of operations in a case.
fn uses(case: &Case) -> Option<Vec<Use>> {
    let params = case.params.to_tensors();
    let values = run(&case.graph, &params).ok()?;
    let nodes = || case.graph.nodes().iter();
    let is_read = |by: &Node, arg: &Id| {
        let mut others = nodes().filter(|other| !std::ptr::eq(*other, by));
        others.any(|other| other.args.contains(arg)) || case.graph.outputs().contains(arg)
    };
    let computed = nodes().filter(|node| !matches!(node.op, Op::Input(_)));
    let uses = computed.map(|node| Use {
        op: node.op.clone(),
        args: node.args.iter().map(|arg| arg.index()).collect(),
        is_shared: node.args.iter().any(|arg| is_read(node, arg)),
        values: node
            .args
            .iter()
            .map(|arg| values[arg.index()].clone())
            .collect(),
        dtype: case.dtype,
    });
    Some(uses.collect())
}

/// All that can be said of the operations of a case.
fn facts(uses: &[Use]) -> Vec<Fact> {
    let many = uses.iter().any(|one| one.op.name() != uses[0].op.name());
    let mut facts = Vec::new();
    for one in uses {
        let name = one.op.name().to_string();
        for (kind, of) in [of_attributes, of_indices, of_operands, of_numbers]
            .into_iter()
            .enumerate()
        {
            of(one, &mut |words, test| {
                if test(one) {
                    let words = match many {
                        true => format!("{name}: {words}"),
                        false => words,
                    };
                    facts.push(Fact {
                        words,
                        op: name.clone(),
                        test,
                        kind,
                    });
                }
            });
        }
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
            Arc::new(move |one| attr(&one.op, name).is_some_and(|attr| test(&attr)))
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
                Arc::new(move |one| {
                    attr(&one.op, name).is_some_and(|attr| numbers(&attr).into_iter().any(other))
                }),
            );
            add(
                format!("only with {name}={}", Attr::Number(usual)),
                Arc::new(move |one| {
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
            add(words, Arc::new(same));
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
    add("only with stride != kernel".into(), Arc::new(steps_over));
    add(
        "only with stride = kernel".into(),
        Arc::new(move |one| !steps_over(one)),
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
        Arc::new(move |one| !is_last(one)),
    );
    add(
        "only along another axis than the first".into(),
        Arc::new(move |one| !is_first(one)),
    );
    add("only along the last axis".into(), Arc::new(is_last));
    add("only along the first axis".into(), Arc::new(is_first));
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
        Arc::new(|one| indices(one).any(has_equal)),
    );
    add(
        "needs an index without repetitions".into(),
        Arc::new(|one| !indices(one).any(has_equal)),
    );
    add(
        "needs a negative index".into(),
        Arc::new(|one| indices(one).any(|x| x.iter().any(|x| x < 0.0))),
    );
    add(
        "needs an index that is not in order".into(),
        Arc::new(|one| indices(one).any(|x| x.to_vec().windows(2).any(|w| w[1] < w[0]))),
    );
}

/// Whether two elements are equal.
fn has_equal(x: &Tensor<f64>) -> bool {
    let mut all = x.to_vec();
    all.sort_by(f64::total_cmp);
    all.windows(2).any(|pair| pair[0] == pair[1])
}

fn of_operands(one: &Use, add: Add<'_>) {
    add("only f32".into(), Arc::new(|one| one.dtype == Dtype::F32));
    add("only f64".into(), Arc::new(|one| one.dtype == Dtype::F64));
    add(
        "needs an operand that is read elsewhere too".into(),
        Arc::new(|one| one.is_shared),
    );
    if one.values.len() > 1 {
        add(
            "needs the same tensor twice".into(),
            Arc::new(|one| (0..one.args.len()).any(|i| one.args[..i].contains(&one.args[i]))),
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
        add(words[0].into(), Arc::new(differ));
        add(words[1].into(), Arc::new(move |one| !differ(one)));
    }
    let names = one.op.kind().map_or(&[][..], |kind| kind.operands());
    for (i, value) in one.values.iter().enumerate() {
        let of = match (i, names.get(i)) {
            (0, _) | (_, None) => String::new(),
            (_, Some(name)) => format!(" of {}", name.trim_end_matches("..")),
        };
        let rank = value.rank();
        let has = move |test: fn(usize, usize) -> bool| -> Test {
            Arc::new(move |one| one.values.get(i).is_some_and(|x| test(x.rank(), rank)))
        };
        if rank > 0 {
            add(format!("needs rank {rank} or more{of}"), has(|a, b| a >= b));
        }
        add(format!("needs rank {rank}{of}"), has(|a, b| a == b));
        add(format!("needs rank {rank} or less{of}"), has(|a, b| a <= b));
        let sized = move |test: fn(&[usize]) -> bool| -> Test {
            Arc::new(move |one| one.values.get(i).is_some_and(|x| test(x.shape())))
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
            Arc::new(move |one| one.values.get(i).is_some_and(test))
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

impl Rule {
    fn of(facts: &[&Fact], rows: &[Row]) -> Self {
        let facts = facts.iter().map(|fact| (*fact).clone()).collect();
        let mut rule = Self {
            facts,
            shown: (0, 0),
        };
        let (fail, right) = tally(rows.iter().filter(|row| rule.holds(&row.uses)));
        rule.shown = (fail, fail + right);
        rule
    }

    fn holds(&self, uses: &[Use]) -> bool {
        self.facts.iter().all(|fact| fact.holds(uses))
    }

    /// The share of the cases that meet it which show the fault.
    fn purity(&self) -> f64 {
        self.shown.0 as f64 / self.shown.1.max(1) as f64
    }

    /// All of it as one phrase, which is the same for all cases of a fault.
    pub(super) fn phrase(&self) -> String {
        let (fail, met) = self.shown;
        match &self.facts[..] {
            [] if met <= 1 => "nothing else could be tried".into(),
            [] if is_pure((fail, met - fail)) => "any shape, any attributes".into(),
            [] => "no condition was found".into(),
            facts => {
                let words: Vec<&str> = facts.iter().map(|fact| &fact.words[..]).collect();
                words.join(", ")
            }
        }
    }

    /// How much the phrase explains.
    pub(super) fn evidence(&self) -> String {
        let (shown, met) = self.shown;
        format!("of {met} cases tried that meet this, {shown} show it")
    }
}

impl Rules {
    /// Whether random cases hardly show the fault.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The conditions of a case, and how much they explain.
    pub(super) fn conditions(&self, case: &Case) -> (String, String) {
        let uses = uses(case).unwrap_or_default();
        match self.0.iter().find(|rule| rule.holds(&uses)) {
            Some(rule) => (rule.phrase(), rule.evidence()),
            None => ("other conditions".into(), String::new()),
        }
    }
}
