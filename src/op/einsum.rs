//! Einstein's notation: products and sums of tensors whose axes are named by letters.

use super::Einsum;
use super::builder::{Builder, Id, Shares, Site};
use super::choices::{Choices, Drawn, Request, mix};
use super::contraction::{ALPHABET, Contraction};
use super::primitive::{DomainError, Linearity, Primitive};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// The letters of one operand, or of the result: those before and behind an ellipsis, if there is one.
struct Term<'e> {
    text: &'e str,
    before: &'e str,
    behind: Option<&'e str>,
}

impl<'e> Term<'e> {
    fn of(text: &'e str) -> Option<Self> {
        let (before, behind) = match text.split_once("...") {
            Some((before, behind)) => (before, Some(behind)),
            None => (text, None),
        };
        let dotted = before.contains('.') || behind.is_some_and(|behind| behind.contains('.'));
        let term = Self {
            text,
            before,
            behind,
        };
        (!dotted).then_some(term)
    }

    /// The letters that are written.
    fn letters(&self) -> impl Iterator<Item = u8> + '_ {
        self.before.bytes().chain(self.behind.unwrap_or("").bytes())
    }

    /// All letters, where the ellipsis stands for the last `width` of `dots`.
    fn with(&self, dots: &[u8], width: usize) -> Vec<u8> {
        let dots = match self.behind {
            Some(_) => &dots[dots.len() - width..],
            None => &[],
        };
        let behind = self.behind.unwrap_or("").as_bytes();
        [self.before.as_bytes(), dots, behind].concat()
    }
}

/// What an equation says of operands of these shapes.
fn parse(equation: &str, shapes: &[&Shape]) -> Result<Contraction, ShapeError> {
    macro_rules! refuse {
        ($($arg:tt)*) => { shape_error!("einsum {equation:?}: {}", format_args!($($arg)*)) };
    }
    let text: String = equation.chars().filter(|&c| c != ' ').collect();
    let legal = |c: &char| c.is_ascii_alphabetic() || ",.->".contains(*c);
    if let Some(c) = text.chars().find(|c| !legal(c)) {
        return refuse!("{c:?} is neither a letter nor part of `,`, `->` or `...`");
    }
    let (inputs, output) = match text.split_once("->") {
        Some((inputs, output)) => (inputs, Some(output)),
        None => (&*text, None),
    };
    if [inputs, output.unwrap_or("")]
        .iter()
        .any(|side| side.contains(['-', '>']))
    {
        return refuse!("`-` and `>` stand only together, as one `->`");
    }
    if output.is_some_and(|output| output.contains(',')) {
        return refuse!("behind `->` there is one result, found a `,`");
    }
    let term = |text| match Term::of(text) {
        Some(term) => Ok(term),
        None => refuse!("in `{text}`, dots stand only together, as one `...`"),
    };
    let terms = inputs.split(',').map(term).collect::<Result<Vec<_>, _>>()?;
    if terms.len() != shapes.len() {
        return refuse!("names {} operands, found {}", terms.len(), shapes.len());
    }
    let output = output.map(term).transpose()?;

    let mut uses = [0usize; 128];
    let mut widths = Vec::with_capacity(terms.len());
    for (i, (term, shape)) in terms.iter().zip(shapes).enumerate() {
        let count = term.letters().count();
        for letter in term.letters() {
            uses[letter as usize] += 1;
        }
        match (shape.rank().checked_sub(count), term.behind) {
            (Some(0), None) => widths.push(0),
            (Some(width), Some(_)) => widths.push(width),
            _ => {
                return refuse!(
                    "operand {i} has shape {shape}, of rank {}; `{}` names {count} axes",
                    shape.rank(),
                    term.text
                );
            }
        }
    }
    // the axes of the ellipsis are named by letters that are free
    let width = widths.iter().copied().max().unwrap_or(0);
    let free = ALPHABET
        .iter()
        .copied()
        .filter(|&letter| uses[letter as usize] == 0);
    let dots: Vec<u8> = free.take(width).collect();
    if dots.len() < width {
        let written = uses.iter().filter(|&&uses| uses > 0).count();
        return refuse!(
            "{written} letters and an ellipsis of {width} axes are more than {} axes to name",
            ALPHABET.len()
        );
    }

    let result = match &output {
        Some(output) => {
            if output.behind.is_none() && width > 0 {
                return refuse!("the result lacks the `...` that operands have");
            }
            for (k, letter) in output.letters().enumerate() {
                let name = letter as char;
                if uses[letter as usize] == 0 {
                    return refuse!("no operand has the result's letter `{name}`");
                }
                if output.letters().take(k).any(|other| other == letter) {
                    return refuse!("the result has the letter `{name}` twice");
                }
            }
            output.with(&dots, width)
        }
        None => {
            let once = (0..128u8).filter(|&letter| uses[letter as usize] == 1);
            dots.iter().copied().chain(once).collect()
        }
    };
    let operands: Vec<Vec<u8>> = terms
        .iter()
        .zip(&widths)
        .map(|(term, &width)| term.with(&dots, width))
        .collect();

    // of each letter the first size that is not 1, and where it was found
    let mut known: [Option<(usize, usize)>; 128] = [None; 128];
    for (i, (letters, shape)) in operands.iter().zip(shapes).enumerate() {
        for (k, (&letter, &n)) in letters.iter().zip(shape.iter()).enumerate() {
            let name = match dots.iter().position(|&dot| dot == letter) {
                Some(place) => format!("axis {place} of `...`"),
                None => format!("letter `{}`", letter as char),
            };
            let before = letters[..k].iter().position(|&l| l == letter);
            if let Some(other) = before.map(|k| shape[k]).filter(|&other| other != n) {
                return refuse!("{name} has sizes {other} and {n} in operand {i}");
            }
            match known[letter as usize] {
                Some((size, operand)) if n != size && n != 1 => {
                    return refuse!(
                        "{name} has size {size} in operand {operand} and {n} in operand {i}"
                    );
                }
                None if n != 1 => known[letter as usize] = Some((n, i)),
                _ => {}
            }
        }
    }
    Ok(Contraction {
        operands,
        shapes: shapes.iter().map(|&shape| shape.clone()).collect(),
        result,
    })
}

impl Einsum {
    /// The contraction that the shape rule found legal.
    fn checked(&self, shapes: &[&Shape]) -> Contraction {
        parse(&self.equation, shapes).expect("the shape rule checked the equation")
    }
}

impl Primitive for Einsum {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let contraction = parse(&self.equation, args)?;
        contraction.check_memory(&format!("einsum {:?}", self.equation))?;
        Ok(contraction.shape())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let shapes: Vec<&Shape> = args.iter().map(|x| x.shape()).collect();
        Ok(self.checked(&shapes).eval(args, shape))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let shapes: Vec<Shape> = at.args.iter().map(|&x| b.shape(x)).collect();
        self.checked(&shapes.iter().collect::<Vec<_>>())
            .vjp(b, at, ct)
    }

    fn linearity(&self) -> Linearity {
        match self.equation.matches(',').count() {
            0 => Linearity::Linear,
            1 => Linearity::Bilinear,
            _ => Linearity::General,
        }
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        // diagonals want equal sizes
        let shapes: [&[usize]; 8] = [
            &[2, 3],
            &[3, 3],
            &[2, 2],
            &[2, 2, 3],
            &[3, 2, 3],
            &[2, 2, 2],
            &[1, 2, 3],
            &[2, 3, 3, 2],
        ];
        Some((*from.pick(&shapes)).into())
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let word = from.word();
        let words: Vec<u32> = (0..96).map(|place| mix(word, place)).collect();
        let sketch = Sketch::draw(&mut Choices::new(&words), x);
        let shapes: Vec<&Shape> = std::iter::once(x).chain(&sketch.others).collect();
        let small = |equation: &String| {
            let shape = parse(equation, &shapes).map(|contraction| contraction.shape());
            shape.is_ok_and(|shape| shape.count() <= LARGEST.max(x.count()))
        };
        let equation = sketch.equations.iter().find(|e| small(e))?.clone();
        let others = sketch.others.into_iter().map(Request::Tensor);
        Drawn::with(Self { equation }, others)
    }
}

/// The most elements of a drawn result, and about those of a further operand.
const LARGEST: usize = 24;

/// What a generator draws: shapes of further operands, and equations of which the first whose result is small is taken.
struct Sketch {
    others: Vec<Shape>,
    equations: Vec<String>,
}

impl Sketch {
    fn draw(from: &mut Choices<'_>, x: &Shape) -> Self {
        // of both cases, not in the order of the alphabet
        let mut free = b"jiAkBlbac".to_vec();
        free.extend(ALPHABET.iter().filter(|l| !b"jiAkBlbac".contains(l)));
        let mut fresh = |from: &mut Choices<'_>| free.remove(from.below(5));
        let mut known: Vec<(u8, usize)> = Vec::new();
        let count = 1 + from.below(3);

        // the first operand: an ellipsis for some of its axes, other axes share a letter where they can
        let rank = x.rank();
        let dots = match from.chance(0.3) {
            true => {
                let start = from.below(rank + 1);
                Some((start, start + from.below(rank + 1 - start)))
            }
            false => None,
        };
        let mut term = String::new();
        for (axis, &n) in x.iter().enumerate() {
            if dots.is_some_and(|(start, _)| start == axis) {
                term += "...";
            }
            if dots.is_some_and(|(start, end)| (start..end).contains(&axis)) {
                continue;
            }
            let equal = known.iter().find(|(_, size)| *size == n).copied();
            let shared = equal.filter(|_| from.chance(0.4));
            let (letter, _) = shared.unwrap_or_else(|| {
                known.push((fresh(from), n));
                known[known.len() - 1]
            });
            term.push(letter as char);
        }
        if dots.is_some_and(|(start, _)| start == rank) {
            term += "...";
        }
        let mut wide: Vec<usize> = dots.map_or(Vec::new(), |(start, end)| x[start..end].to_vec());
        let mut has_dots = dots.is_some();

        let mut terms = vec![term];
        let mut others = Vec::new();
        for _ in 1..count {
            let (mut term, mut sizes) = (String::new(), Vec::new());
            let mut own: Vec<(u8, usize)> = Vec::new();
            let axes = from.below(4);
            let dots_at =
                (from.chance(if has_dots { 0.6 } else { 0.15 })).then(|| from.below(axes + 1));
            for axis in 0..=axes {
                if dots_at == Some(axis) {
                    term += "...";
                    if !has_dots && from.chance(0.7) {
                        wide.push(1 + from.below(2));
                        sizes.push(wide[0]);
                    } else {
                        let part = &wide[from.below(wide.len() + 1)..];
                        sizes.extend(part.iter().map(|&n| if from.chance(0.2) { 1 } else { n }));
                    }
                    has_dots = true;
                }
                if axis == axes {
                    break;
                }
                let room = LARGEST / sizes.iter().product::<usize>().max(1);
                let (letter, n) = if !known.is_empty() && from.chance(0.7) {
                    let (letter, n) = *from.pick(&known);
                    // along a diagonal the sizes are equal
                    let before = own.iter().find(|(l, _)| *l == letter).map(|(_, n)| *n);
                    let n = before.unwrap_or(if from.chance(0.15) { 1 } else { n });
                    if n > room {
                        continue;
                    }
                    (letter, n)
                } else {
                    known.push((fresh(from), (1 + from.below(3)).min(room.max(1))));
                    known[known.len() - 1]
                };
                own.push((letter, n));
                sizes.push(n);
                term.push(letter as char);
            }
            terms.push(term);
            others.push(sizes.into());
        }

        let inputs = terms.join(if from.chance(0.1) { ", " } else { "," });
        let mut result: Vec<u8> = Vec::new();
        for k in from.permutation(known.len()) {
            if from.chance(0.6) {
                result.push(known[k].0);
            }
        }
        let dots_at = from.below(result.len() + 1);
        let explicit = |letters: &[u8]| {
            let text = String::from_utf8_lossy(letters);
            let (before, behind) = text.split_at(dots_at.min(letters.len()));
            let dots = if has_dots { "..." } else { "" };
            format!("{inputs}->{before}{dots}{behind}")
        };
        let mut equations: Vec<String> = Vec::new();
        if from.chance(0.25) {
            equations.push(inputs.clone());
        }
        // with fewer letters the result is smaller
        equations.extend((0..=result.len()).rev().map(|n| explicit(&result[..n])));
        Self { others, equations }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::*;
    use super::*;
    use crate::op::{Kind, Op};

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::Einsum);
    }

    fn einsum(equation: &str) -> Einsum {
        Einsum {
            equation: equation.into(),
        }
    }

    /// Operand `i` of the table: small integers, so that every sum is exact.
    fn operand(i: usize, shape: &[usize]) -> Tensor<f64> {
        Tensor::from_fn(shape, |k| ((7 * k + 3 * i) % 11) as f64 - 5.0)
    }

    fn weighted(x: &Tensor<f64>) -> f64 {
        let terms = x.iter().enumerate();
        terms.map(|(k, x)| (k % 13 + 1) as f64 * x).sum()
    }

    /// An equation, the operands' shapes, the result's, and weighted sums of the value (by numpy.einsum) and of each
    /// operand's gradient (by jax.vjp of jax.numpy.einsum) under the cotangent (k % 5) - 2.
    type Line = (
        &'static str,
        &'static [&'static [usize]],
        &'static [usize],
        i64,
        &'static [i64],
    );

    #[rustfmt::skip]
    const TABLE: &[Line] = &[
        ("ij,jk->ik", &[&[2, 3], &[3, 4]], &[2, 4], 181, &[37, 21]),
        ("ij,jk", &[&[2, 3], &[3, 4]], &[2, 4], 181, &[37, 21]),
        ("ji,jk", &[&[3, 2], &[3, 4]], &[2, 4], 181, &[60, -16]),
        ("ij,kj->", &[&[2, 3], &[4, 3]], &[], 52, &[-20, 144]),
        ("i,j->ij", &[&[3], &[4]], &[3, 4], -3, &[-7, 0]),
        ("i,j->ji", &[&[3], &[4]], &[4, 3], 23, &[20, -25]),
        ("ij,ij->ij", &[&[2, 3], &[2, 3]], &[2, 3], -16, &[22, 72]),
        ("ij,ij->i", &[&[2, 3], &[2, 3]], &[2], -4, &[-30, 7]),
        ("ij,ij", &[&[2, 3], &[2, 3]], &[], 7, &[-38, 0]),
        ("ij->ji", &[&[2, 3]], &[3, 2], -13, &[-7]),
        ("ba", &[&[2, 3]], &[3, 2], -13, &[-7]),
        ("bA", &[&[2, 3]], &[3, 2], -13, &[-7]),
        ("ij->", &[&[2, 3]], &[], -2, &[-42]),
        ("ij->j", &[&[2, 3]], &[3], -9, &[-17]),
        ("ii", &[&[3, 3]], &[], -8, &[-30]),
        ("ii->i", &[&[3, 3]], &[3], -15, &[-7]),
        ("iij->j", &[&[3, 3, 2]], &[2], 6, &[-45]),
        ("iij->ij", &[&[3, 3, 2]], &[3, 2], 8, &[4]),
        ("iji->ij", &[&[2, 3, 2]], &[2, 3], -21, &[-1]),
        ("iii->i", &[&[3, 3, 3]], &[3], -6, &[-3]),
        ("iii", &[&[2, 2, 2]], &[], -5, &[-18]),
        ("ijij->ij", &[&[2, 3, 2, 3]], &[2, 3], 14, &[-15]),
        ("ijji", &[&[2, 3, 3, 2]], &[], -21, &[-66]),
        ("iij,jk", &[&[2, 2, 3], &[3, 4]], &[4], 97, &[-34, 104]),
        ("ii,ii->i", &[&[3, 3], &[3, 3]], &[3], 30, &[-16, 5]),
        ("ii,jj->ij", &[&[3, 3], &[2, 2]], &[3, 2], 134, &[10, 58]),
        ("ij,jj->i", &[&[2, 3], &[3, 3]], &[2], 14, &[-12, 43]),
        ("bij,bjk->bik", &[&[2, 2, 3], &[2, 3, 2]], &[2, 2, 2], 12, &[47, 71]),
        ("bij,jk->bik", &[&[2, 2, 3], &[3, 2]], &[2, 2, 2], -78, &[-19, 53]),
        ("bij,bkj->bik", &[&[2, 2, 3], &[2, 4, 3]], &[2, 2, 4], 1184, &[-182, 0]),
        ("bhqd,bhkd->bhqk", &[&[1, 2, 2, 3], &[1, 2, 4, 3]], &[1, 2, 2, 4], 1184, &[-182, 0]),
        ("...ij,...jk->...ik", &[&[2, 2, 3], &[3, 2]], &[2, 2, 2], -78, &[-19, 53]),
        ("...ij,...jk->...ik", &[&[2, 1, 2, 3], &[4, 3, 2]], &[2, 4, 2, 2], 349, &[59, -109]),
        ("...ij,...jk", &[&[2, 2, 3], &[2, 3, 2]], &[2, 2, 2], 12, &[47, 71]),
        ("...i->i...", &[&[2, 3, 4]], &[4, 2, 3], -28, &[12]),
        ("...ii->...i", &[&[2, 3, 3]], &[2, 3], 11, &[-5]),
        ("...ii", &[&[2, 3, 3]], &[2], 2, &[-46]),
        ("i...j,j->i...", &[&[2, 5, 3], &[3]], &[2, 5], 22, &[-33, 34]),
        ("i...,...", &[&[2, 5], &[5]], &[5, 2], 269, &[153, 24]),
        ("...,...", &[&[2, 1, 3], &[4, 1]], &[2, 4, 3], -130, &[-83, -45]),
        ("...,i->i...", &[&[2, 3], &[4]], &[4, 2, 3], -93, &[-34, -10]),
        ("...a,...b->ab...", &[&[2, 3], &[2, 4]], &[3, 4, 2], 137, &[36, -89]),
        ("ij...,jk->...ik", &[&[2, 3, 5], &[3, 4]], &[5, 2, 4], 14, &[-44, 45]),
        ("i,j->ij...", &[&[2], &[3]], &[2, 3], -9, &[11, 18]),
        ("...", &[&[2, 3]], &[2, 3], 0, &[-2]),
        ("ij,jk,kl->il", &[&[2, 3], &[3, 4], &[4, 2]], &[2, 2], 176, &[72, -122, -132]),
        ("ij,jk,ki", &[&[2, 3], &[3, 4], &[4, 2]], &[], 27, &[30, -186, -282]),
        ("i,i,i->i", &[&[3], &[3], &[3]], &[3], -74, &[34, 22, -40]),
        ("i,j,k->kij", &[&[2], &[3], &[2]], &[2, 2, 3], 234, &[92, 78, -73]),
        ("ab,cd,bd->ac", &[&[2, 3], &[2, 4], &[3, 4]], &[2, 2], -5, &[-194, 380, 2]),
        ("a,ab,b->", &[&[3], &[3, 4], &[4]], &[], -3, &[-58, 102, -78]),
        ("ijk,il,jm,kn->lmn", &[&[2, 3, 2], &[2, 2], &[3, 4], &[2, 3]], &[2, 4, 3], -2255, &[-4022, 364, -2098, -2349]),
        ("ij,jk->ik", &[&[2, 1], &[3, 4]], &[2, 4], 14, &[2, 66]),
        ("ij,ij->ij", &[&[2, 1], &[1, 3]], &[2, 3], -9, &[11, 18]),
        ("i,i", &[&[1], &[3]], &[], -20, &[-8, 60]),
        ("ij,j->i", &[&[2, 1], &[3]], &[2], -4, &[-16, 48]),
        ("ij,jk->", &[&[2, 1], &[3, 4]], &[], 6, &[12, 468]),
        ("", &[&[]], &[], -5, &[-2]),
        ("->", &[&[]], &[], -5, &[-2]),
        (",", &[&[], &[]], &[], 10, &[4, 10]),
        ("i,", &[&[3], &[]], &[3], 14, &[8, 8]),
        ("i,->i", &[&[3], &[]], &[3], 14, &[8, 8]),
        ("ij->", &[&[0, 3]], &[], 0, &[0]),
        ("ij,jk->ik", &[&[2, 0], &[0, 3]], &[2, 3], 0, &[0, 0]),
        ("ij,jk->ik", &[&[0, 2], &[2, 3]], &[0, 3], 0, &[0, 0]),
        (" ij , jk -> ik ", &[&[2, 3], &[3, 4]], &[2, 4], 181, &[37, 21]),
        ("zyx->xz", &[&[2, 3, 4]], &[4, 2], 3, &[-58]),
        ("ZaB,aY", &[&[2, 3, 2], &[3, 2]], &[2, 2, 2], -213, &[-107, 41]),
    ];

    #[test]
    fn values_and_gradients_are_those_of_numpy_and_jax() {
        for &(equation, shapes, shape, value, gradients) in TABLE {
            let op: Op = einsum(equation).into();
            let args: Vec<Tensor<f64>> = shapes
                .iter()
                .enumerate()
                .map(|(i, s)| operand(i, s))
                .collect();
            let y = evaluate(&op, &args);
            let ct = Tensor::from_fn(shape, |k| (k % 5) as f64 - 2.0);
            assert_eq!(y.shape().to_vec(), shape, "{equation}");
            assert_eq!(weighted(&y), value as f64, "{equation} of {shapes:?}");
            let pulled: Vec<f64> = pulled(&op, &args, &ct).iter().map(weighted).collect();
            let expected: Vec<f64> = gradients.iter().map(|&g| g as f64).collect();
            assert_eq!(pulled, expected, "gradients of {equation} of {shapes:?}");
        }
    }

    #[test]
    fn what_was_not_read_meets_no_infinity() {
        let x = || [Tensor::from([[1.0, 2.0], [3.0, 4.0]])];
        let inf = f64::INFINITY;
        check_pull(
            einsum("ii->i"),
            &x(),
            [inf, 1.0].into(),
            &[[[inf, 0.0], [0.0, 1.0]].into()],
        );
        check_pull(
            einsum("ij->i"),
            &x(),
            [inf, 1.0].into(),
            &[[[inf, inf], [1.0, 1.0]].into()],
        );
    }

    #[test]
    fn long_chains_and_many_operands() {
        let args = vec![Tensor::from([[1.0, 1.0], [0.0, 1.0]]); 6];
        check(
            einsum("ab,bc,cd,de,ef,fg"),
            &args,
            [[1.0, 6.0], [0.0, 1.0]].into(),
        );
        let many = vec!["i"; 40].join(",") + "->i";
        check(
            einsum(&many),
            &vec![Tensor::from([2.0, -1.0]); 40],
            [2f64.powi(40), 1.0].into(),
        );
    }

    #[test]
    fn refused() {
        #[track_caller]
        fn check(equation: &str, shapes: &[&[usize]], words: &str) {
            check_refused(einsum(equation), shapes, words);
        }
        check(
            "i$->i",
            &[&[2]],
            "einsum \"i$->i\": '$' is neither a letter nor part of",
        );
        check("ij->k1", &[&[2, 2]], "'1' is neither");
        check("i\u{e9}", &[&[2, 2]], "is neither");
        check("i->j->i", &[&[2]], "stand only together, as one `->`");
        check("i-j", &[&[2]], "stand only together, as one `->`");
        check("i>j", &[&[2]], "stand only together, as one `->`");
        check("i->-", &[&[2]], "stand only together, as one `->`");
        check("i->i,i", &[&[2]], "behind `->` there is one result");
        check("i..", &[&[2]], "in `i..`, dots stand only together");
        check("...i...", &[&[2]], "dots stand only together");
        check("....i", &[&[2]], "dots stand only together");
        check("...->....", &[&[2]], "dots stand only together");
        check("i,j", &[&[2]], "names 2 operands, found 1");
        check("i", &[&[2], &[2]], "names 1 operands, found 2");
        check(
            "ijk",
            &[&[2, 3]],
            "operand 0 has shape [2, 3], of rank 2; `ijk` names 3 axes",
        );
        check(
            "i,j",
            &[&[2], &[2, 3]],
            "operand 1 has shape [2, 3], of rank 2; `j` names 1 axes",
        );
        check("", &[&[2]], "`` names 0 axes");
        check("i...jk", &[&[2, 3]], "`i...jk` names 3 axes");
        check(
            "ij->iki",
            &[&[2, 3]],
            "no operand has the result's letter `k`",
        );
        check("ij->iji", &[&[2, 3]], "the result has the letter `i` twice");
        check("...i->i", &[&[2, 3]], "the result lacks the `...`");
        check(
            "ij,jk",
            &[&[2, 3], &[4, 5]],
            "letter `j` has size 3 in operand 0 and 4 in operand 1",
        );
        check(
            "ij,jk,j",
            &[&[2, 1], &[1, 5], &[2, 2]],
            "operand 2 has shape [2, 2]",
        );
        check(
            "j,j,j",
            &[&[1], &[3], &[0]],
            "letter `j` has size 3 in operand 1 and 0 in operand 2",
        );
        check(
            "ii",
            &[&[2, 3]],
            "letter `i` has sizes 2 and 3 in operand 0",
        );
        check(
            "ii->i",
            &[&[1, 3]],
            "letter `i` has sizes 1 and 3 in operand 0",
        );
        check(
            "...,...",
            &[&[2, 3], &[2]],
            "axis 1 of `...` has size 3 in operand 0 and 2 in operand 1",
        );
        check(
            "...,...",
            &[&[2, 3], &[4, 3]],
            "axis 0 of `...` has size 2 in operand 0 and 4 in operand 1",
        );
    }

    #[test]
    fn products_that_fill_no_memory_are_refused() {
        let large = &[1 << 30][..];
        check_refused(einsum("i,j->ij"), &[large, large], "memory");
        let square: &[usize] = &[1 << 20, 1 << 20];
        check_refused(
            einsum("ab,bc,cd,da,ac,bd->"),
            &[square; 6],
            "a product of shape",
        );
        // what does not meet is not multiplied
        let shape = Shape::from(square);
        assert!(einsum("ab,ab,cd,cd->").shape(&[&shape; 4]).is_ok());
        // without elements there is nothing to fill
        let shapes = [[1usize << 30, 0].into(), [1 << 30, 0].into()];
        let [a, b]: [Shape; 2] = shapes;
        assert!(einsum("ik,jk->k").shape(&[&a, &b]).is_ok());
        // axes that have no letter left
        let rank = Shape::from(vec![1; 53]);
        let error = einsum("...").shape(&[&rank]).unwrap_err().0;
        assert!(error.contains("more than 52 axes to name"), "{error}");
        let rank = Shape::from(vec![1; 52]);
        assert_eq!(einsum("...").shape(&[&rank]), Ok(rank));
    }

    #[test]
    fn the_generator_reaches_every_sort_of_equation() {
        let mut seen = std::collections::BTreeMap::<&str, usize>::new();
        let mut random = Random(5);
        for _ in 0..4000 {
            let words: Vec<u32> = (0..12).map(|_| random.word()).collect();
            let mut from = Choices::new(&words);
            let x = Einsum::first(&mut from).expect("a shape");
            let drawn = Einsum::draw(&mut from, &x).expect("every shape has an equation");
            let equation = drawn.op.equation;
            let (inputs, output) = match equation.split_once("->") {
                Some((inputs, output)) => (inputs, Some(output)),
                None => (&*equation, None),
            };
            let terms: Vec<&str> = inputs.split(',').collect();
            let repeats = |term: &str| {
                let letters = term.bytes().filter(u8::is_ascii_alphabetic);
                let letters: Vec<u8> = letters.collect();
                (1..letters.len()).any(|k| letters[..k].contains(&letters[k]))
            };
            let mut note = |name, found: bool| *seen.entry(name).or_default() += usize::from(found);
            note("one operand", terms.len() == 1);
            note("two operands", terms.len() == 2);
            note("three operands", terms.len() == 3);
            note("implicit", output.is_none());
            note("full", output == Some(""));
            note("ellipsis", inputs.contains("..."));
            note("diagonal", terms.iter().any(|term| repeats(term)));
            note(
                "later diagonal",
                terms[1..].iter().any(|term| repeats(term)),
            );
            note("spaces", equation.contains(' '));
            note("capitals", equation.bytes().any(|c| c.is_ascii_uppercase()));
            let common = |c: &u8| {
                c.is_ascii_alphabetic() && terms[1..].iter().all(|t| t.bytes().any(|d| d == *c))
            };
            note(
                "outer",
                terms.len() == 2 && !terms[0].bytes().any(|c| common(&c)),
            );
            note(
                "batch",
                terms.len() == 2
                    && output.is_some_and(|o| {
                        o.bytes()
                            .any(|c| common(&c) && terms[0].bytes().any(|d| c == d))
                    }),
            );
        }
        for (name, count) in seen {
            assert!(count > 100, "{name}: {count} of 4000");
        }
    }
}
