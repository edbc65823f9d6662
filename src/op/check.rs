//! How the unit tests judge a derivative rule.
//!
//! Three derivations of the same number that share no rule: the operation's kernel on dual numbers, its rule on plain
//! numbers, and for the second derivative the rule on dual numbers, nested dual numbers through the kernel, and a tape
//! that records the rule's own operations and sweeps over them with *their* rules. Cotangents and directions are random,
//! never all ones.

use super::attr::Attr;
use super::builder::{Builder, Id, Shares, Site, record_pull, record_sum_to};
use super::choices::{Choices, GOLDEN_GAMMA, Request, splitmix64};
use super::{Domain, Eager, Input, Kind, Op, Pointwise};
use crate::number::{Ball, Dd, Dual, Number, Real};
use crate::tensor::{Shape, Tensor};
use std::cell::RefCell;

/// Random words (splitmix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn word(&mut self) -> u32 {
        let word = splitmix64(self.0);
        self.0 = self.0.wrapping_add(GOLDEN_GAMMA);
        word as u32
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        self.word() as usize % n
    }

    /// Between -2 and 2.
    fn number(&mut self) -> f64 {
        f64::from(self.word()) / f64::from(u32::MAX) * 4.0 - 2.0
    }

    pub(super) fn tensor(&mut self, shape: &Shape) -> Tensor<f64> {
        Tensor::from_fn(shape, |_| self.number())
    }

    /// Small integers: ties and zeros.
    fn integers(&mut self, shape: &Shape, low: i64, high: i64) -> Tensor<f64> {
        Tensor::from_fn(shape, |_| {
            (low + self.below((high - low + 1) as usize) as i64) as f64
        })
    }
}

struct Node {
    op: Op,
    args: Vec<Id>,
    value: Tensor<f64>,
}

/// A builder that records, so that rules can be differentiated by rules.
#[derive(Default)]
pub(super) struct Tape(RefCell<Vec<Node>>);

impl Tape {
    fn push(&self, op: Op, args: &[Id], value: Tensor<f64>) -> Id {
        let mut nodes = self.0.borrow_mut();
        nodes.push(Node {
            op,
            args: args.to_vec(),
            value,
        });
        Id((nodes.len() - 1) as u32)
    }

    pub(super) fn value(&self, id: Id) -> Tensor<f64> {
        self.0.borrow()[id.index()].value.clone()
    }

    /// The cotangents of `wrt`, where `y` has the cotangent `ct`.
    pub(super) fn pull_back(&self, y: Id, ct: Id, wrt: &[Id]) -> Vec<Id> {
        let mut found: Vec<Option<Id>> = vec![None; y.index() + 1];
        found[y.index()] = Some(ct);
        for place in (0..=y.index()).rev() {
            let (op, args) = {
                let node = &self.0.borrow()[place];
                (node.op.clone(), node.args.clone())
            };
            let Some(ct) = found[place] else { continue };
            let wanted: Vec<bool> = (0..args.len()).map(|i| op.carries(i)).collect();
            let site = Site {
                args: &args,
                y: Id(place as u32),
                wanted: &wanted,
            };
            for (i, share) in op.vjp(self, site, ct) {
                let share = self.sum_to(share, &self.shape(args[i]));
                let total = &mut found[args[i].index()];
                *total = Some(total.map_or(share, |total| self.accumulate(total, share, false)));
            }
        }
        let zero = |id: Id| self.zeros(&self.shape(id));
        let cotangent = |&id: &Id| found[id.index()].unwrap_or_else(|| zero(id));
        wrt.iter().map(cotangent).collect()
    }

    fn zeros(&self, shape: &Shape) -> Id {
        self.literal(Tensor::zeros(shape))
    }
}

impl Builder for Tape {
    fn apply(&self, op: Op, args: &[Id]) -> Id {
        let values: Vec<Tensor<f64>> = args.iter().map(|&id| self.value(id)).collect();
        let value = evaluate(&op, &values);
        self.push(op, args, value)
    }
    fn shape(&self, id: Id) -> Shape {
        self.0.borrow()[id.index()].value.shape().clone()
    }
    fn literal(&self, value: Tensor<f64>) -> Id {
        self.push(Op::Input(Input::Const), &[], value)
    }
    fn pull(&self, f: &Pointwise, i: usize, args: &[Id], y: Id, ct: Id) -> Option<Id> {
        record_pull(self, f, i, args, y, ct)
    }
    fn sum_to(&self, value: Id, shape: &Shape) -> Id {
        record_sum_to(self, value, shape)
    }
    fn accumulate(&self, total: Id, share: Id, _: bool) -> Id {
        let b: &dyn Builder = self;
        b.add(total, share)
    }
}

/// The value of an operation.
#[track_caller]
pub(super) fn evaluate<T: Real>(op: &Op, args: &[Tensor<T>]) -> Tensor<T> {
    let refs: Vec<&Tensor<T>> = args.iter().collect();
    let shapes: Vec<&Shape> = refs.iter().map(|x| x.shape()).collect();
    let shape = op.shape(&shapes).unwrap_or_else(|e| panic!("{op:?}: {e}"));
    let value = op
        .eval(&refs, &shape)
        .unwrap_or_else(|e| panic!("{op:?}: {e}"));
    assert_eq!(
        *value.shape(),
        shape,
        "{op:?}: the value's shape is not the rule's"
    );
    value
}

/// The cotangents of all operands by the operation's rule; 0 where it hands out nothing.
#[track_caller]
pub(super) fn pulled<T: Real>(op: &Op, args: &[Tensor<T>], ct: &Tensor<T>) -> Vec<Tensor<T>> {
    let y = evaluate(op, args);
    let given: Vec<Tensor<T>> = args.iter().cloned().chain([y, ct.clone()]).collect();
    let b = Eager::new(&given);
    let ids: Vec<Id> = (0..args.len() as u32).map(Id).collect();
    let (y, ct) = (Id(args.len() as u32), Id(args.len() as u32 + 1));
    let shares = |wanted: &[bool]| -> Shares {
        let site = Site {
            args: &ids,
            y,
            wanted,
        };
        op.vjp(&b, site, ct)
    };
    let all: Vec<bool> = (0..args.len()).map(|i| op.carries(i)).collect();
    for i in (0..args.len()).filter(|_| args.len() > 1) {
        let only: Vec<bool> = (0..args.len()).map(|k| all[k] && k == i).collect();
        let unasked = shares(&only).iter().any(|&(k, _)| k != i);
        assert!(!unasked, "{op:?} computes shares that nobody wants");
    }
    let mut totals: Vec<Tensor<T>> = args.iter().map(|x| Tensor::zeros(x.shape())).collect();
    for (i, id) in shares(&all) {
        assert!(all[i], "{op:?} hands a share to operand {i}");
        let id = b.sum_to(id, args[i].shape());
        totals[i] = std::mem::replace(&mut totals[i], Tensor::zeros([0])).accumulate(&b.get(id));
    }
    totals
}

fn inner<T: Real>(a: &Tensor<T>, b: &Tensor<T>) -> T {
    // a direction of 0 meets no infinity
    let terms: Vec<T> = a.zip(b, |a, b| a.strong_mul(b)).to_vec();
    T::sum(&terms)
}

fn moving(x: &Tensor<f64>, t: &Tensor<f64>) -> Tensor<Dual<f64>> {
    x.zip(t, |value, tangent| Dual { value, tangent })
}

fn constants<T: Real>(x: &Tensor<T>) -> Tensor<Dual<T>> {
    x.map(Dual::constant)
}

#[track_caller]
fn agree(what: &str, op: &Op, args: &[Tensor<f64>], a: f64, b: f64, size: f64) {
    assert!(
        (a - b).abs() <= 1e-12 * (1.0 + size),
        "{what} of {} {:?} at {args:?}: {a} and {b}",
        op.name(),
        op.attrs()
    );
}

/// Holds first and second derivatives against each other, along random directions.
#[track_caller]
pub(super) fn derivatives_agree(op: &Op, args: &[Tensor<f64>], random: &mut Random) {
    let y = evaluate(op, args);
    let ct = random.tensor(y.shape());
    let mut direction = || -> Vec<Tensor<f64>> {
        let direction = |(i, x): (usize, &Tensor<f64>)| match op.is_index(i) {
            true => Tensor::zeros(x.shape()),
            false => random.tensor(x.shape()),
        };
        args.iter().enumerate().map(direction).collect()
    };
    let (t, u) = (direction(), direction());

    let shares = pulled(op, args, &ct);
    let along: Vec<Tensor<Dual<f64>>> = args.iter().zip(&t).map(|(x, t)| moving(x, t)).collect();
    let tangent = evaluate(op, &along).map(|y| y.tangent);
    let by_rule: f64 = shares.iter().zip(&t).map(|(s, t)| inner(s, t)).sum();
    let size = shares.iter().map(Tensor::max_abs).fold(0.0, f64::max);
    agree(
        "first derivative",
        op,
        args,
        by_rule,
        inner(&ct, &tangent),
        size,
    );

    // the same to twice the digits: a constant that was rounded to f64 somewhere shows
    let wide = |x: &Tensor<f64>| x.map(Dd::from);
    let (exact_args, exact_ct): (Vec<_>, _) = (args.iter().map(wide).collect(), wide(&ct));
    let along = exact_args
        .iter()
        .zip(&t)
        .map(|(x, t)| x.zip(&wide(t), |value, tangent| Dual { value, tangent }));
    let exact_tangent = evaluate(op, &along.collect::<Vec<_>>()).map(|y| y.tangent);
    let exact_shares = pulled(op, &exact_args, &exact_ct);
    let terms = exact_shares.iter().zip(&t).map(|(s, t)| inner(s, &wide(t)));
    let difference = Dd::sum(&terms.collect::<Vec<_>>()) - inner(&exact_ct, &exact_tangent);
    assert!(
        difference.to_f64().abs() <= 1e-28 * (1.0 + size),
        "first derivative of {op:?} at {args:?} in Dd: off by {difference:?}"
    );
    // and a bound of the rule's own error holds
    let balls: Vec<Tensor<Ball<f64>>> = args.iter().map(|x| x.map(Ball::exact)).collect();
    let bounds = pulled(op, &balls, &ct.map(Ball::exact));
    for ((s, exact), bound) in shares.iter().zip(&exact_shares).zip(&bounds) {
        for ((s, exact), bound) in s.iter().zip(exact.iter()).zip(bound.iter()) {
            assert!(
                (Dd::from(s) - exact).to_f64().abs() <= bound.delta || s == exact.to_f64(),
                "share of {op:?} at {args:?}: {s} is farther from {exact:?} than {bound:?} says"
            );
        }
    }

    // the second derivative along t and u: the rule on dual numbers ..
    let along_u: Vec<Tensor<Dual<f64>>> = args.iter().zip(&u).map(|(x, u)| moving(x, u)).collect();
    let shares = pulled(op, &along_u, &constants(&ct));
    let rule_on_duals: f64 = shares
        .iter()
        .zip(&t)
        .map(|(s, t)| inner(s, &constants(t)).tangent)
        .sum();
    let size = shares
        .iter()
        .flat_map(|s| s.iter().map(|s| s.tangent.abs()).collect::<Vec<f64>>())
        .fold(size, f64::max);
    // .. the kernel on nested dual numbers ..
    let nested: Vec<Tensor<Dual<Dual<f64>>>> = along_u
        .iter()
        .zip(&t)
        .map(|(x, t)| {
            x.zip(t, |value, t| Dual {
                value,
                tangent: Dual::of(t),
            })
        })
        .collect();
    let second = evaluate(op, &nested).map(|y| y.tangent.tangent);
    agree(
        "second derivative (rule and kernel on duals)",
        op,
        args,
        rule_on_duals,
        inner(&ct, &second),
        size,
    );
    // .. and the rules of the rule's operations
    let tape = Tape::default();
    let leaf = |x: &Tensor<f64>| tape.literal(x.clone());
    let ids: Vec<Id> = args.iter().map(leaf).collect();
    let y = tape.apply(op.clone(), &ids);
    let c = leaf(&ct);
    let shares = tape.pull_back(y, c, &ids);
    let b: &dyn Builder = &tape;
    let terms = shares
        .iter()
        .zip(&t)
        .map(|(&s, t)| b.sum(b.strong_mul(leaf(t), s), None, false));
    let total = terms
        .reduce(|a, z| b.add(a, z))
        .expect("one operand at least");
    let wrt: Vec<Id> = ids.iter().copied().chain([c]).collect();
    let pulled = tape.pull_back(total, b.constant(1.0), &wrt);
    let by_tape: f64 = pulled
        .iter()
        .zip(&u)
        .map(|(&s, u)| inner(&tape.value(s), u))
        .sum();
    agree(
        "second derivative (rule of the rule)",
        op,
        args,
        by_tape,
        rule_on_duals,
        size,
    );
    // a rule is linear in its cotangent: by it, its derivative is the tangent
    let linear = inner(&ct, &tape.value(pulled[ids.len()]));
    let expected = inner(&ct, &tangent);
    agree(
        "the rule by its cotangent",
        op,
        args,
        linear,
        expected,
        size,
    );
}

/// Holds the value against itself on other layouts and in other arithmetic.
#[track_caller]
fn values_agree(op: &Op, args: &[Tensor<f64>]) {
    let y = evaluate(op, args);
    let all = |x: &Tensor<f64>| (0..x.rank()).collect::<Vec<_>>();
    let reversed = |x: &Tensor<f64>| (0..x.rank()).rev().collect::<Vec<_>>();
    let flipped = |x: &Tensor<f64>| x.flip(&all(x)).contiguous().flip(&all(x));
    let turned = |x: &Tensor<f64>| {
        let back = x.transpose(&reversed(x)).map(|x| x.contiguous());
        back.and_then(|x| x.transpose(&reversed(&x)))
            .expect("a permutation")
    };
    let flipped: Vec<Tensor<f64>> = args.iter().map(flipped).collect();
    let turned: Vec<Tensor<f64>> = args.iter().map(turned).collect();
    let exact: Vec<Tensor<Dd>> = args.iter().map(|x| x.map(Dd::from)).collect();
    let single: Vec<Tensor<f32>> = args.iter().map(|x| x.map(|x| x as f32)).collect();
    let balls: Vec<Tensor<Ball<f64>>> = args.iter().map(|x| x.map(Ball::exact)).collect();
    let (exact, balls) = (evaluate(op, &exact), evaluate(op, &balls));
    let rounded: Vec<Tensor<f64>> = single.iter().map(Tensor::to_f64).collect();
    let alike = |a: &Tensor<f64>, b: &Tensor<f64>, tolerance: f64| {
        let near = |a: f64, b: f64| {
            a == b || (a - b).abs() <= tolerance * (1.0 + b.abs()) || (a.is_nan() && b.is_nan())
        };
        assert!(
            a.iter().zip(b.iter()).all(|(a, b)| near(a, b)),
            "{op:?} of {args:?}: {a:?} and {b:?}"
        );
    };
    let refs: Vec<&Tensor<f64>> = args.iter().collect();
    assert!(op.smooth(&refs, y.shape()) >= 0.0, "{op:?} of {args:?}");
    alike(&evaluate(op, &flipped), &y, 1e-14);
    alike(&evaluate(op, &turned), &y, 1e-14);
    alike(&exact.to_f64(), &y, 1e-14);
    alike(
        &evaluate(op, &single).to_f64(),
        &evaluate(op, &rounded),
        1e-5,
    );
    for ((ball, y), exact) in balls.iter().zip(y.iter()).zip(exact.iter()) {
        assert!(
            (Dd::from(y) - exact).to_f64().abs() <= ball.delta || y == exact.to_f64(),
            "{op:?} of {args:?}: {y} is farther from {exact} than {ball:?} says"
        );
    }
}

/// Draws operations of a kind for shapes of every sort, and judges each on random numbers and on small integers, which
/// are full of ties and zeros. The attributes read back as they were written.
#[track_caller]
pub(super) fn all_derivatives_agree(kind: Kind) {
    let shapes: [&[usize]; 10] = [
        &[],
        &[1],
        &[4],
        &[3],
        &[0],
        &[2, 3],
        &[3, 2],
        &[2, 0],
        &[2, 1, 3],
        &[0, 2, 2],
    ];
    let mut random = Random(kind.name().bytes().map(u64::from).sum());
    let (mut drawn, mut judged) = (0, 0);
    for round in 0..400 {
        let shape = Shape::from(shapes[round % shapes.len()]);
        let words: Vec<u32> = (0..32).map(|_| random.word()).collect();
        let mut from = Choices::new(&words);
        let suited = (round % 2 == 1).then(|| kind.first(&mut from)).flatten();
        let shape = suited.unwrap_or(shape);
        let Some(draw) = kind.draw(&mut from, &shape) else {
            continue;
        };
        drawn += 1;
        let attrs: Vec<(String, Attr)> = draw
            .op
            .attrs()
            .into_iter()
            .map(|(name, attr)| (name.to_string(), attr))
            .collect();
        assert_eq!(kind.with(&attrs), Ok(draw.op.clone()));
        let mut args = vec![suitable(&mut random, &shape, draw.op.domain(0))];
        args.extend(
            draw.others
                .iter()
                .zip(1..)
                .map(|(request, i)| match request {
                    Request::Tensor(shape) => suitable(&mut random, shape, draw.op.domain(i)),
                    Request::Index(shape, n) => random.integers(shape, -(*n as i64), *n as i64 - 1),
                    Request::Label(shape, n) => random.integers(shape, 0, *n as i64 - 1),
                }),
        );
        if !regular(&draw.op, &args) {
            continue;
        }
        judged += 1;
        values_agree(&draw.op, &args);
        derivatives_agree(&draw.op, &args, &mut random);
    }
    assert!(
        drawn > 100 && judged > 60,
        "{} was drawn {drawn} times and judged {judged} times",
        kind.name()
    );
}

/// Whether there is a derivative to judge: by convention, or because no point without one is near.
fn regular(op: &Op, args: &[Tensor<f64>]) -> bool {
    let refs: Vec<&Tensor<f64>> = args.iter().collect();
    let shapes: Vec<&Shape> = refs.iter().map(|x| x.shape()).collect();
    let shape = op.shape(&shapes).unwrap_or_else(|e| panic!("{op:?}: {e}"));
    op.chooses() || op.smooth(&refs, &shape) > 0.05
}

fn suitable(random: &mut Random, shape: &Shape, domain: Domain) -> Tensor<f64> {
    match domain {
        Domain::Interval(_) => numbers(random, shape),
        Domain::Index(n) => random.integers(shape, -(n as i64), n as i64 - 1),
        Domain::Definite => {
            let (n, x) = (shape[shape.rank() - 1], random.tensor(shape).to_vec());
            Tensor::from_fn(shape, |k| {
                let dominant = if k % n == k / n % n { 3.0 } else { 0.0 };
                x[k] / n as f64 + dominant
            })
        }
    }
}

fn numbers(random: &mut Random, shape: &Shape) -> Tensor<f64> {
    match random.below(3) {
        0 => random.integers(shape, -1, 2),
        1 if random.below(2) == 0 => Tensor::full(shape, 0.5),
        1 => Tensor::zeros(shape),
        _ => random.tensor(shape),
    }
}

/// The operation's value is `expected`, each element to 1e-15 of its size; NaN equals NaN.
#[track_caller]
pub(super) fn check(op: impl Into<Op>, args: &[Tensor<f64>], expected: Tensor<f64>) {
    let y = evaluate(&op.into(), args);
    near(&y, &expected);
}

/// The shares of the operands under the cotangent `ct` are `expected`.
#[track_caller]
pub(super) fn check_pull(
    op: impl Into<Op>,
    args: &[Tensor<f64>],
    ct: Tensor<f64>,
    expected: &[Tensor<f64>],
) {
    let shares = pulled(&op.into(), args, &ct);
    for (share, expected) in shares.iter().zip(expected) {
        near(share, expected);
    }
}

#[track_caller]
fn near(y: &Tensor<f64>, expected: &Tensor<f64>) {
    let close =
        |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-15 * b.abs();
    let all = y.iter().zip(expected.iter()).all(|(a, b)| close(a, b));
    assert!(
        y.shape() == expected.shape() && all,
        "found {y:?}, expected {expected:?}"
    );
}

/// The operation refuses operands of these shapes, with a message that says `fragment`.
#[track_caller]
pub(super) fn check_refused(op: impl Into<Op>, shapes: &[&[usize]], fragment: &str) {
    let shapes: Vec<Shape> = shapes.iter().map(|&s| Shape::from(s)).collect();
    let error = op.into().shape(&shapes.iter().collect::<Vec<_>>());
    let message = error.expect_err("the shapes are wrong").0;
    assert!(
        message.contains(fragment),
        "`{message}` does not say `{fragment}`"
    );
}
