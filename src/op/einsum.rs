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
    let contraction = Contraction {
        operands,
        shapes: shapes.iter().map(|&shape| shape.clone()).collect(),
        result,
    };
    contraction.addressable(&format!("einsum {equation:?}"))
}

impl Einsum {
    /// The contraction that the shape rule found legal.
    fn checked(&self, shapes: &[&Shape]) -> Contraction {
        parse(&self.equation, shapes).expect("the shape rule checked the equation")
    }
}

impl Primitive for Einsum {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(parse(&self.equation, args)?.shape())
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
            shape.is_ok_and(|shape| shape.count() <= LARGEST)
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
            let dots_at = (from.chance(if has_dots { 0.6 } else { 0.15 })).then(|| from.below(axes + 1));
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
