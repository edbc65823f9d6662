//! Sums of products: what Einstein's notation writes, and all products that are such sums.
//!
//! A [`Contraction`] names an index by a letter: the result is the product of the operands, summed over every letter that
//! the result does not have. Operands are taken pair by pair, each as a batched matrix product, and a letter is summed as
//! soon as nothing else needs it. The adjoint of a contraction in one operand is a contraction of the cotangent with the
//! others.

use super::Einsum;
use super::builder::{Builder, Id, Shares, Site};
use super::product::multiply;
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// All letters that can name an index.
pub(super) const ALPHABET: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A set of letters, a bit each.
type Letters = u128;

fn set_of(letters: &[u8]) -> Letters {
    letters
        .iter()
        .fold(0, |set, &letter| set | 1 << (letter & 127))
}

fn has(set: Letters, letter: u8) -> bool {
    set >> (letter & 127) & 1 == 1
}

/// Which letter runs along which axis.
///
/// Axes of one letter have one size, or, in different operands, size 1, which broadcasts.
pub(super) struct Contraction {
    /// For each operand the letters of its axes; a repeated one takes a diagonal.
    pub(super) operands: Vec<Vec<u8>>,
    /// The operands' shapes.
    pub(super) shapes: Vec<Shape>,
    /// The letters of the result's axes, all different, each of them an operand's.
    pub(super) result: Vec<u8>,
}

/// How many operands a next pair is looked for among: the search stays linear in their number.
const WINDOW: usize = 16;

/// Two operands that are taken together.
struct Step {
    /// Their places among those that are left; the product takes the place of the first.
    left: usize,
    right: usize,
    /// The letters that the result or another operand has.
    stays: Letters,
    /// The letters of the product, but for those of size 1.
    product: Letters,
}

/// How two operands meet: letters of both that stay, of the first alone, of both that are summed, of the second alone.
struct Meeting {
    batch: Vec<u8>,
    rows: Vec<u8>,
    inner: Vec<u8>,
    columns: Vec<u8>,
}

impl Meeting {
    fn of(a: &[u8], b: &[u8], stays: Letters) -> Self {
        let (in_a, in_b) = (set_of(a), set_of(b));
        let those = |letters: &[u8], fits: &dyn Fn(u8) -> bool| {
            letters.iter().copied().filter(|&l| fits(l)).collect()
        };
        Self {
            batch: those(a, &|l| has(in_b, l) && has(stays, l)),
            rows: those(a, &|l| !has(in_b, l) && has(stays, l)),
            inner: those(a, &|l| has(in_b, l) && !has(stays, l)),
            columns: those(b, &|l| !has(in_a, l) && has(stays, l)),
        }
    }

    /// The letters of the product.
    fn product(&self) -> Vec<u8> {
        [&self.batch[..], &self.rows, &self.columns].concat()
    }
}

impl Contraction {
    /// The size of a letter.
    fn size(&self, letter: u8) -> usize {
        let axes = self.operands.iter().zip(&self.shapes);
        let mut sizes = axes.flat_map(|(letters, shape)| {
            let own = letters.iter().zip(shape.iter());
            own.filter(|(l, _)| **l == letter).map(|(_, &n)| n)
        });
        sizes.find(|&n| n != 1).unwrap_or(1)
    }

    fn sizes(&self, letters: &[u8]) -> Shape {
        letters.iter().map(|&letter| self.size(letter)).collect()
    }

    /// The shape of the result.
    pub(super) fn shape(&self) -> Shape {
        self.sizes(&self.result)
    }

    fn is_empty(&self) -> bool {
        self.shapes.iter().any(|shape| shape.contains(&0))
    }

    /// The letters of an operand's axes that are longer than 1, each once.
    fn long(&self, operand: usize) -> Vec<u8> {
        let mut found: Vec<u8> = Vec::new();
        for (&letter, &n) in self.operands[operand].iter().zip(&*self.shapes[operand]) {
            if n != 1 && !found.contains(&letter) {
                found.push(letter);
            }
        }
        found
    }

    /// Refuses a contraction that, or whose adjoint, passes through a product too large for memory.
    pub(super) fn check_memory(&self, op: &str) -> Result<(), ShapeError> {
        if self.is_empty() {
            return Ok(());
        }
        self.check_products(op)?;
        (0..self.operands.len()).try_for_each(|operand| self.pull(operand).1.check_products(op))
    }

    fn check_products(&self, op: &str) -> Result<(), ShapeError> {
        for step in self.plan() {
            let letters = ALPHABET.iter().copied();
            let letters: Vec<u8> = letters.filter(|&l| has(step.product, l)).collect();
            let shape = self.sizes(&letters);
            if shape.checked_count().is_none() {
                return shape_error!(
                    "{op}: on the way there is a product of shape {shape}, larger than memory can address"
                );
            }
        }
        Ok(())
    }

    /// The order in which operands are taken: always the pair whose product is smallest beside its factors, the first of
    /// equal ones (the greedy order of Smith and Gray, *opt_einsum*, JOSS 3(26), 2018).
    fn plan(&self) -> Vec<Step> {
        let count = |set: Letters| -> f64 {
            let letters = ALPHABET.iter().copied().filter(|&l| has(set, l));
            letters.map(|letter| self.size(letter) as f64).product()
        };
        let mut sets: Vec<Letters> = (0..self.operands.len())
            .map(|operand| set_of(&self.long(operand)))
            .collect();
        let result = set_of(&self.result);
        let mut steps = Vec::new();
        while sets.len() > 1 {
            // the letters of at least one operand, of two, of three
            let mut of = [0; 3];
            for &set in &sets {
                of = [of[0] | set, of[1] | of[0] & set, of[2] | of[1] & set];
            }
            let seen = sets.len().min(WINDOW);
            let mut best: Option<(f64, Step)> = None;
            for (left, right) in (0..seen).flat_map(|l| (l + 1..seen).map(move |r| (l, r))) {
                let (a, b) = (sets[left], sets[right]);
                let others = of[0] & !(a | b) | of[1] & (a ^ b) | of[2] & a & b;
                let stays = result | others;
                let product = (a | b) & stays;
                let step = Step {
                    left,
                    right,
                    stays,
                    product,
                };
                if sets.len() == 2 {
                    best = Some((0.0, step));
                    break;
                }
                let growth = count(product) - count(a) - count(b);
                if best.as_ref().is_none_or(|(least, _)| growth < *least) {
                    best = Some((growth, step));
                }
            }
            let (_, step) = best.expect("two operands make a pair");
            sets[step.left] = step.product;
            sets.remove(step.right);
            steps.push(step);
        }
        steps
    }

    /// The value, in the shape of the result or another of as many elements.
    pub(super) fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Tensor<T> {
        if self.is_empty() {
            return Tensor::zeros(shape);
        }
        let operands = args.iter().zip(&self.operands);
        let mut left: Vec<Lettered<T>> = operands.map(|(x, l)| Lettered::of(x, l)).collect();
        for step in self.plan() {
            let other = left.remove(step.right);
            left[step.left] = left[step.left].times(&other, step.stays);
        }
        let total = left[0].summed(set_of(&self.result));
        let mut order = self.result.clone();
        order.retain(|letter| total.letters.contains(letter));
        let arranged = total.arranged(&order).reshape(shape);
        arranged.expect("the same elements")
    }

    /// The contraction that gives the share of an operand, as far as the other factors have its letters: of the cotangent
    /// and those factors, which are named first here.
    fn pull(&self, operand: usize) -> (Vec<usize>, Self) {
        let others: Vec<usize> = (0..self.operands.len())
            .filter(|&other| other != operand)
            .collect();
        let mut pull = Self {
            operands: vec![self.result.clone()],
            shapes: vec![self.shape()],
            result: Vec::new(),
        };
        for &other in &others {
            pull.operands.push(self.operands[other].clone());
            pull.shapes.push(self.shapes[other].clone());
        }
        let mut result = self.long(operand);
        result.retain(|&letter| pull.size(letter) != 1);
        pull.result = result;
        (others, pull)
    }

    /// The shares of the operands that are wanted. The cotangent has the shape of the result.
    pub(super) fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        if self.is_empty() {
            return Shares::new();
        }
        let wanted = (0..at.args.len()).filter(|&i| at.wanted[i]);
        wanted.map(|i| (i, self.share(b, at.args, i, ct))).collect()
    }

    fn share(&self, b: &dyn Builder, args: &[Id], operand: usize, ct: Id) -> Id {
        let (others, pull) = self.pull(operand);
        let factors: Vec<Id> = std::iter::once(ct)
            .chain(others.iter().map(|&other| args[other]))
            .collect();
        let equation = pull.equation();
        let mut share = b.apply(Einsum { equation }.into(), &factors);
        // a letter's first axis holds it, if the other factors have it; the others of its axes are 1 as yet
        let (letters, shape) = (&self.operands[operand], &self.shapes[operand]);
        let first = |axis: usize| letters.iter().position(|&l| l == letters[axis]) == Some(axis);
        let held = |axis: usize| shape[axis] != 1 && pull.result.contains(&letters[axis]);
        let sizes = (0..letters.len()).map(|axis| {
            if first(axis) && held(axis) {
                shape[axis]
            } else {
                1
            }
        });
        share = b.reshape(share, &sizes.collect());
        for axis in (0..letters.len()).filter(|&axis| !first(axis) && shape[axis] != 1) {
            // off a diagonal nothing was read
            let n = shape[axis];
            let one = letters.iter().position(|&l| l == letters[axis]);
            let sizes = (0..letters.len()).map(|k| if k == axis || Some(k) == one { n } else { 1 });
            let diagonal = Tensor::from_fn([n, n], |k| if k / n == k % n { 1.0 } else { 0.0 });
            let diagonal = diagonal.reshape(sizes.collect::<Shape>());
            let diagonal = b.literal(diagonal.expect("two axes of that size"));
            share = b.select(diagonal, share, b.constant(0.0));
        }
        b.broadcast_to(share, shape)
    }

    /// In Einstein's notation.
    fn equation(&self) -> String {
        let text = |letters: &Vec<u8>| String::from_utf8_lossy(letters).into_owned();
        let operands: Vec<String> = self.operands.iter().map(text).collect();
        format!("{}->{}", operands.join(","), text(&self.result))
    }
}

/// A tensor with a letter for each axis, all different; no axis has size 1.
struct Lettered<T> {
    x: Tensor<T>,
    letters: Vec<u8>,
}

impl<T: Real> Lettered<T> {
    /// The diagonals along which letters are repeated.
    fn of(x: &Tensor<T>, letters: &[u8]) -> Self {
        let long = |axis: &usize| x.shape()[*axis] != 1;
        let axes: Vec<usize> = (0..x.rank()).filter(long).collect();
        let shape: Shape = axes.iter().map(|&axis| x.shape()[axis]).collect();
        let mut letters: Vec<u8> = axes.iter().map(|&axis| letters[axis]).collect();
        let mut x = x.reshape(shape).expect("the same elements");
        let again = |letters: &[u8]| {
            let second = (1..letters.len()).find(|&k| letters[..k].contains(&letters[k]))?;
            let first = letters.iter().position(|&l| l == letters[second])?;
            Some((first, second))
        };
        while let Some((first, second)) = again(&letters) {
            let mut perm: Vec<usize> = (0..letters.len())
                .filter(|&k| k != first && k != second)
                .collect();
            let rest = perm.iter().map(|&k| letters[k]);
            letters = rest.chain([letters[first]]).collect();
            perm.extend([first, second]);
            let turned = x.transpose(&perm).expect("a permutation by construction");
            x = turned.diagonal_view(0);
        }
        Self { x, letters }
    }

    /// Summed over the letters that do not stay.
    fn summed(&self, stays: Letters) -> Self {
        let axes: Vec<usize> = (0..self.letters.len())
            .filter(|&axis| !has(stays, self.letters[axis]))
            .collect();
        let mut letters = self.letters.clone();
        letters.retain(|&letter| has(stays, letter));
        let x = match axes.is_empty() {
            true => self.x.clone(),
            false => self.x.reduce(&axes, false, T::sum),
        };
        Self { x, letters }
    }

    /// The axes in the order of `letters`.
    fn arranged(&self, letters: &[u8]) -> Tensor<T> {
        let place = |letter| self.letters.iter().position(|l| l == letter);
        let perm: Option<Vec<usize>> = letters.iter().map(place).collect();
        let turned = perm.and_then(|perm| self.x.transpose(&perm).ok());
        turned.expect("the letters of this tensor")
    }

    fn size(&self, letter: u8) -> usize {
        let axis = self.letters.iter().position(|&l| l == letter);
        axis.map_or(1, |axis| self.x.shape()[axis])
    }

    /// The product, summed over the letters that do not stay.
    fn times(&self, other: &Self, stays: Letters) -> Self {
        let a = self.summed(stays | set_of(&other.letters));
        let b = other.summed(stays | set_of(&self.letters));
        let meeting = Meeting::of(&a.letters, &b.letters, stays);
        let Meeting {
            batch,
            rows,
            inner,
            columns,
        } = &meeting;
        let size = |letters: &[u8]| -> usize {
            let own = letters.iter().map(|&l| a.size(l).max(b.size(l)));
            own.product()
        };
        let [n, m, k, p] = [batch, rows, inner, columns].map(|letters| size(letters));
        let as_matrices = |x: &Self, groups: [&[u8]; 3], shape: [usize; 3]| {
            let arranged = x.arranged(&groups.concat());
            arranged.reshape(shape).expect("the same elements")
        };
        let left = as_matrices(&a, [batch, rows, inner], [n, m, k]);
        let right = as_matrices(&b, [batch, inner, columns], [n, k, p]);
        let product = if inner.is_empty() {
            Tensor::zip_all(&[&left, &right], &[n, m, p].into(), |x| x[0] * x[1])
        } else {
            multiply(&left, &right, [m, k, p])
        };
        let letters = meeting.product();
        let shape: Shape = letters.iter().map(|&l| a.size(l).max(b.size(l))).collect();
        let x = product.reshape(shape).expect("the same elements");
        Self { x, letters }
    }
}
