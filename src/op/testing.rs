//! For the tests of operations: values, errors, and whether the rule of a linear operation is its adjoint.

use super::attr::Attr;
use super::builder::{Builder, Id, Site};
use super::choices::{Choices, Request};
use super::primitive::{Linearity, Primitive};
use super::{Eager, Kind, Op};
use crate::number::{Dd, Real};
use crate::tensor::{Shape, Tensor};

/// Marsaglia's xorshift generator (J. Stat. Soft. 8(14), 2003).
struct Stream(u64);

impl Stream {
    fn word(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u32
    }

    fn integers(&mut self, shape: &Shape, low: i64, high: i64) -> Tensor<f64> {
        let span = (high - low + 1) as u32;
        Tensor::from_fn(shape, |_| (low + i64::from(self.word() % span)) as f64)
    }
}

/// The same elements in another memory layout.
fn turned(x: &Tensor<f64>) -> Tensor<f64> {
    let back: Vec<usize> = (0..x.rank()).rev().collect();
    let turn = |x: &Tensor<f64>| x.transpose(&back).expect("a permutation");
    turn(&turn(x).contiguous())
}

fn value<T: Real>(op: &Op, args: &[Tensor<f64>]) -> Tensor<f64> {
    let args: Vec<Tensor<T>> = args.iter().map(|x| x.map(T::of)).collect();
    let args: Vec<&Tensor<T>> = args.iter().collect();
    let shapes: Vec<&Shape> = args.iter().map(|x| x.shape()).collect();
    let shape = op
        .shape(&shapes)
        .unwrap_or_else(|e| panic!("{op:?} of {shapes:?}: {e}"));
    let y = op
        .eval(&args, &shape)
        .unwrap_or_else(|e| panic!("{op:?} of {shapes:?}: {e}"));
    assert_eq!(*y.shape(), shape, "{op:?} of {shapes:?}");
    y.to_f64()
}

fn inner(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
    a.zip(b, |a, b| a * b).iter().sum()
}

/// The value, or the message of what is wrong.
pub(super) fn apply(op: impl Into<Op>, args: &[&Tensor<f64>]) -> Result<Tensor<f64>, String> {
    let op = op.into();
    let shapes: Vec<&Shape> = args.iter().map(|x| x.shape()).collect();
    let shape = op.shape(&shapes).map_err(|e| e.0)?;
    op.eval(args, &shape).map_err(|e| e.0)
}

/// 0, 1, 2, .. in a shape.
pub(super) fn counting(shape: &[usize]) -> Tensor<f64> {
    Tensor::from_fn(shape, |k| k as f64)
}

/// Checks shape and elements of a value.
#[track_caller]
pub(super) fn check_value(
    op: impl Into<Op>,
    args: &[&Tensor<f64>],
    shape: &[usize],
    expected: &[f64],
) {
    let op = op.into();
    let y = apply(op.clone(), args).unwrap_or_else(|e| panic!("{op:?}: {e}"));
    assert_eq!(
        (y.shape().to_vec(), y.to_vec()),
        (shape.to_vec(), expected.to_vec()),
        "{op:?}"
    );
}

/// Checks that the operation is refused, by a message that holds `words`.
#[track_caller]
pub(super) fn check_error(op: impl Into<Op>, args: &[&Tensor<f64>], words: &str) {
    let op = op.into();
    match apply(op.clone(), args) {
        Err(message) => assert!(message.contains(words), "{op:?}: {message}"),
        Ok(y) => panic!("{op:?} gave {y:?}"),
    }
}

/// Draws operations many times and checks `<vjp(c), t> = <c, op(t)>` on each. Returns what was drawn.
///
/// All numbers are small integers, so that sums are exact in any order and the two sides must be equal.
pub(super) fn check_adjoint<P: Primitive>() -> Vec<P> {
    let mut drawn = Vec::new();
    for seed in 1..=1500u64 {
        let mut stream = Stream(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let words: Vec<u32> = (0..seed.min(80)).map(|_| stream.word()).collect();
        let mut choices = Choices::new(&words);
        let sizes = [1, 2, 3, 4, 1, 2, 3, 5, 2, 1, 3, 0];
        let rank = stream.word() as usize % 5;
        let x: Shape = (0..rank)
            .map(|_| sizes[stream.word() as usize % sizes.len()])
            .collect();
        let Some(found) = P::draw(&mut choices, &x) else {
            continue;
        };
        let mut args = vec![stream.integers(&x, -4, 4)];
        for request in &found.others {
            args.push(match request {
                Request::Tensor(shape) => stream.integers(shape, -4, 4),
                Request::Index(shape, below) => {
                    stream.integers(shape, -(*below as i64), *below as i64 - 1)
                }
                Request::Label(shape, below) => stream.integers(shape, 0, *below as i64 - 1),
            });
        }
        check_one(&found.op, &args, &mut stream);
        drawn.push(found.op);
    }
    assert!(
        drawn.len() > 500,
        "{} drew {} times only",
        P::NAME,
        drawn.len()
    );
    drawn
}

fn check_one<P: Primitive>(op: &P, args: &[Tensor<f64>], stream: &mut Stream) {
    let any: Op = op.clone().into();
    let attrs = any.attrs().into_iter();
    let given: Vec<(String, Attr)> = attrs.map(|(name, attr)| (name.to_string(), attr)).collect();
    assert_eq!(
        P::from_attrs(&given).as_ref(),
        Ok(op),
        "attributes read back"
    );

    let y = value::<f64>(&any, args);
    let elements: usize = args.iter().map(Tensor::len).sum();
    assert!(
        y.len() <= 4 * elements + 24,
        "{op:?} of {:?} is large",
        args[0].shape()
    );
    assert_eq!(y, value::<f32>(&any, args), "{op:?}");
    assert_eq!(y, value::<Dd>(&any, args), "{op:?}");
    let relaid: Vec<Tensor<f64>> = args.iter().map(turned).collect();
    assert_eq!(y, value::<f64>(&any, &relaid), "{op:?} of another layout");

    let ct = stream.integers(y.shape(), -4, 4);
    let given: Vec<Tensor<f64>> = relaid.iter().chain([&y, &ct]).cloned().collect();
    let ids: Vec<Id> = (0..given.len() as u32).map(Id).collect();
    let all: Vec<bool> = (0..args.len()).map(|i| any.carries(i)).collect();
    // a rule with one share to give is not asked for none
    let some: Vec<bool> = match all.iter().filter(|&&wanted| wanted).count() {
        1 => all.clone(),
        _ => all
            .iter()
            .map(|&wanted| wanted && stream.word() & 3 != 0)
            .collect(),
    };
    for wanted in [all, some] {
        // what is not wanted stands still, and an affine operation loses its constant
        let mut moved = |moving: bool| -> Vec<Tensor<f64>> {
            let element = |i: usize| match (any.carries(i), wanted[i] && moving) {
                (false, _) => args[i].clone(),
                (true, false) => args[i].map(|_| 0.0),
                (true, true) => stream.integers(args[i].shape(), -4, 4),
            };
            (0..args.len()).map(element).collect()
        };
        let (tangents, still) = (moved(true), moved(false));
        let change = value::<f64>(&any, &tangents).zip(&value::<f64>(&any, &still), |y, y0| y - y0);

        let eager = Eager::new(&given);
        let site = Site {
            args: &ids[..args.len()],
            y: ids[args.len()],
            wanted: &wanted,
        };
        let mut paired = 0.0;
        for (i, share) in any.vjp(&eager, site, ids[args.len() + 1]) {
            assert!(
                wanted[i],
                "{op:?} hands operand {i} a share that nobody wants"
            );
            let share = eager.get(eager.sum_to(share, args[i].shape()));
            paired += inner(&share, &tangents[i]);
        }
        let shapes: Vec<&Shape> = args.iter().map(Tensor::shape).collect();
        assert_eq!(paired, inner(&ct, &change), "{op:?} of {shapes:?}");
    }
}

/// An attribute of any kind, often an extreme one.
fn any_attr(stream: &mut Stream, depth: usize) -> Attr {
    let large = 9_007_199_254_740_992.0; // 2^53
    let numbers = [0.0, 1.0, -1.0, 2.0, -3.0, 7.0, large, -large, 0.5, f64::NAN];
    match stream.word() % 8 {
        0 => Attr::None,
        1 => Attr::Bool(stream.word() & 1 == 0),
        2 => {
            let words = [
                "constant", "edge", "reflect", "wrap", "lower", "sum", "", "...i", "...->...",
                "ij->ji", "ii->i",
            ];
            Attr::Text(words[stream.word() as usize % words.len()].into())
        }
        kind @ 3..=4 if depth > 0 => {
            // the entries of a list are often all numbers, or all lists
            let entries = stream.word() % 4;
            let deeper = if kind == 3 { depth - 1 } else { 0 };
            Attr::List((0..entries).map(|_| any_attr(stream, deeper)).collect())
        }
        5 if depth > 0 => {
            let mut number = || Attr::Number(numbers[stream.word() as usize % numbers.len()]);
            let pairs: Vec<Attr> = (0..3)
                .map(|_| Attr::List(vec![number(), number()]))
                .collect();
            Attr::List(pairs[..stream.word() as usize % 4].to_vec())
        }
        _ => Attr::Number(numbers[stream.word() as usize % numbers.len()]),
    }
}

/// The operands' shapes of an operation that takes few shapes.
fn drawn_shapes(kind: Kind, stream: &mut Stream) -> Option<Vec<Shape>> {
    let words: Vec<u32> = (0..40).map(|_| stream.word()).collect();
    let mut from = Choices::new(&words);
    let x = kind.first(&mut from)?;
    let drawn = kind.draw(&mut from, &x)?;
    let others = drawn.others.into_iter().map(|request| match request {
        Request::Tensor(shape) | Request::Index(shape, _) | Request::Label(shape, _) => shape,
    });
    Some(std::iter::once(x).chain(others).collect())
}

#[test]
fn no_attribute_makes_an_operation_panic() {
    let mut stream = Stream(7);
    let sizes = [0, 1, 2, 3, 1 << 50];
    for kind in Kind::all().filter(|kind| !matches!(kind, Kind::Pointwise(_))) {
        let (mut taken, mut evaluated) = (0, 0);
        for _ in 0..20_000 {
            let specs = kind.specs();
            // what has a default is often left out
            let given: Vec<(String, Attr)> = specs
                .iter()
                .filter(|spec| spec.default.is_none() || stream.word() & 1 == 0)
                .collect::<Vec<_>>()
                .into_iter()
                .map(|spec| (spec.name.to_string(), any_attr(&mut stream, 2)))
                .collect();
            let Ok(op) = kind.with(&given) else { continue };
            taken += 1;
            let same = stream.word() & 1 == 0;
            let mut shapes: Vec<Shape> = Vec::new();
            for _ in kind.operands() {
                let rank = stream.word() % 4;
                let shape = (0..rank).map(|_| sizes[stream.word() as usize % sizes.len()]);
                let shape: Shape = shape.collect();
                shapes.push(if same {
                    shapes.first().cloned().unwrap_or(shape)
                } else {
                    shape
                });
            }
            // where few shapes suit, those of an operation that was drawn, whatever its attributes were
            if let Some(suited) = drawn_shapes(kind, &mut stream).filter(|_| same) {
                shapes = suited;
            }
            if shapes.iter().any(|shape| shape.checked_count().is_none()) {
                continue;
            }
            let shape = op.shape(&shapes.iter().collect::<Vec<_>>());
            let small = |shape: &Shape| shape.count() < 10_000;
            if let Some(shape) = shape
                .ok()
                .filter(|shape| small(shape) && shapes.iter().all(small))
            {
                evaluated += 1;
                let args: Vec<Tensor<f64>> = shapes.iter().map(Tensor::zeros).collect();
                let args: Vec<&Tensor<f64>> = args.iter().collect();
                if let Ok(y) = op.eval(&args, &shape) {
                    assert_eq!(*y.shape(), shape, "{op:?} of {shapes:?}");
                    // a broadcast product's share has all the batches, though its operands have no elements
                    let endless = shapes.iter().any(|shape| shape.contains(&(1 << 50)));
                    if op.linearity() == Linearity::Linear || !endless {
                        pull(&op, &args, &y);
                    }
                }
            }
        }
        assert!(
            taken > 50 && evaluated > 5,
            "{}: {taken} taken, {evaluated} evaluated",
            kind.name()
        );
    }
}

/// The rule, of which only the shapes are checked.
fn pull(op: &Op, args: &[&Tensor<f64>], y: &Tensor<f64>) {
    let given: Vec<Tensor<f64>> = args.iter().copied().chain([y, y]).cloned().collect();
    let ids: Vec<Id> = (0..given.len() as u32).map(Id).collect();
    let wanted: Vec<bool> = (0..args.len()).map(|i| op.carries(i)).collect();
    let site = Site {
        args: &ids[..args.len()],
        y: ids[args.len()],
        wanted: &wanted,
    };
    let eager = Eager::new(&given);
    for (i, share) in op.vjp(&eager, site, ids[args.len() + 1]) {
        let share = eager.get(share);
        assert!(
            args[i].shape().broadcasts_to(share.shape()),
            "{op:?}: share of shape {}",
            share.shape()
        );
    }
}

/// An operation that can come near a point where it is not smooth says in words which points those are, and no other does.
#[test]
fn operations_name_the_points_where_they_are_not_smooth() {
    let mut stream = Stream(11);
    for kind in Kind::all().filter(|kind| !matches!(kind, Kind::Pointwise(_))) {
        let near = (0..200).any(|_| {
            let words: Vec<u32> = (0..64).map(|_| stream.word()).collect();
            let mut from = Choices::new(&words);
            let first = kind.first(&mut from).unwrap_or_else(|| [2, 3].into());
            let Some(drawn) = kind.draw(&mut from, &first) else {
                return false;
            };
            let wave = |shape: Shape| Tensor::from_fn(shape, |k| (k as f64).sin());
            let others = drawn.others.into_iter().map(|request| match request {
                Request::Tensor(shape) => wave(shape),
                Request::Index(shape, below) | Request::Label(shape, below) => {
                    Tensor::from_fn(shape, |k| (k % below.max(1)) as f64)
                }
            });
            let args: Vec<Tensor<f64>> = std::iter::once(wave(first)).chain(others).collect();
            let args: Vec<&Tensor<f64>> = args.iter().collect();
            let shapes: Vec<&Shape> = args.iter().map(|arg| arg.shape()).collect();
            let shape = drawn.op.shape(&shapes);
            shape.is_ok_and(|shape| drawn.op.smooth(&args, &shape) < f64::INFINITY)
        });
        assert_eq!(
            !kind.kinks().is_empty(),
            near,
            "{}: `Primitive::KINKS` is {:?}, and `smooth` is {}finite",
            kind.name(),
            kind.kinks(),
            if near { "" } else { "never " }
        );
    }
}
