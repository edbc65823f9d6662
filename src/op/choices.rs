//! A finite stream of choices, from which operations draw their attributes and generators their programs.
//!
//! Any list of words decodes, and an exhausted list yields zeros: a recipe can be cut or changed anywhere and still means
//! a program.

use crate::tensor::Shape;
use smallvec::SmallVec;

/// Words, read one after another.
#[derive(Clone, Debug)]
pub struct Choices<'a> {
    words: &'a [u32],
}

impl<'a> Choices<'a> {
    /// A stream over `words`.
    pub fn new(words: &'a [u32]) -> Self {
        Self { words }
    }

    /// The next word; 0 when there is none left.
    pub fn word(&mut self) -> u32 {
        let Some((&first, rest)) = self.words.split_first() else {
            return 0;
        };
        self.words = rest;
        first
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u64::from(self.word()) * n as u64) >> 32) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    /// True with the given probability; false when the stream is exhausted.
    pub fn chance(&mut self, probability: f64) -> bool {
        f64::from(self.word()) > (1.0 - probability) * f64::from(u32::MAX)
    }

    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        f64::from(self.word()) / 4_294_967_296.0
    }

    /// One of `items`.
    pub fn pick<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        &items[self.below(items.len())]
    }

    /// An axis of `shape`, sometimes counted from the end; none if there is no axis.
    pub fn axis(&mut self, shape: &Shape) -> Option<i64> {
        let rank = shape.rank() as i64;
        (rank > 0).then(|| self.between(-rank, rank - 1))
    }

    /// Some axes of `shape`, or none for all of them.
    pub fn axes(&mut self, shape: &Shape) -> Option<Vec<i64>> {
        if self.chance(0.25) {
            return None;
        }
        let rank = shape.rank() as i64;
        let chosen = (0..rank)
            .filter(|_| self.word() & 0x10 != 0)
            .collect::<Vec<_>>();
        Some(
            chosen
                .into_iter()
                .map(|axis| if self.chance(0.3) { axis - rank } else { axis })
                .collect(),
        )
    }

    /// A permutation of `n` things.
    pub fn permutation(&mut self, n: usize) -> SmallVec<[usize; 4]> {
        let mut items: SmallVec<[usize; 4]> = (0..n).collect();
        for k in (1..n).rev() {
            items.swap(k, self.below(k + 1));
        }
        items
    }
}

/// What a generator must find for an operation's further operands.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// A tensor of this shape.
    Tensor(Shape),
    /// Integers of this shape, from `-below` to `below - 1`.
    Index(Shape, usize),
    /// Integers of this shape, from 0 to `below - 1`.
    Label(Shape, usize),
}

/// An operation drawn for a given first operand.
#[derive(Clone, Debug)]
pub struct Drawn<P> {
    /// The operation.
    pub op: P,
    /// Its operands after the first.
    pub others: SmallVec<[Request; 2]>,
}

impl<P> Drawn<P> {
    /// An operation of one operand.
    pub fn alone(op: P) -> Option<Self> {
        Some(Self {
            op,
            others: SmallVec::new(),
        })
    }

    /// An operation with further operands.
    pub fn with(op: P, others: impl IntoIterator<Item = Request>) -> Option<Self> {
        Some(Self {
            op,
            others: others.into_iter().collect(),
        })
    }
}

/// The splitmix64 generator's word for the state `z` (Steele, Lea, Flood, *Fast splittable pseudorandom number
/// generators*, 2014): a good hash of one word.
pub fn splitmix64(z: u64) -> u64 {
    let z = z.wrapping_add(GOLDEN_GAMMA);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A hash of a word and a place; 0 stays 0, so that small words make simple things.
pub(crate) fn mix(word: u32, place: u64) -> u32 {
    match word {
        0 => 0,
        word => (splitmix64(u64::from(word) ^ (place << 32)) >> 32) as u32,
    }
}

/// The step between the states of splitmix64.
pub(super) const GOLDEN_GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
