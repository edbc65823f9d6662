//! What the adapters of scalar engines share: a tensor is a list of the engine's numbers.
//!
//! A function of numbers is applied to each; operations that only move numbers move them, which our own kernels do to the
//! places of the numbers; sums and products of sums are folded with the engine's own operators.

use crate::adapter::{Answer, Library, Read, Refusal, Row, Site, unsupported};
use secant::Tensor;
use secant::tensor::Shape;

/// A tensor of an engine's numbers.
#[derive(Clone)]
pub(crate) struct Grid<N> {
    pub(crate) shape: Shape,
    pub(crate) numbers: Vec<N>,
}

impl<N> Grid<N> {
    /// The values of the numbers.
    pub(crate) fn read(&self, value: impl Fn(&N) -> f64) -> Read {
        Read {
            shape: self.shape.to_vec(),
            data: self.numbers.iter().map(value).collect(),
        }
    }
}

/// An engine whose tensors are lists of numbers.
pub(crate) trait Scalars: Library<Tensor = Grid<Self::Number>> {
    /// The engine's number.
    type Number: Clone;
    /// x + z.
    fn add(x: &Self::Number, z: &Self::Number) -> Self::Number;
    /// x z.
    fn mul(x: &Self::Number, z: &Self::Number) -> Self::Number;
}

/// A function of each number.
pub(crate) fn map<L: Scalars>(
    at: &Site<'_, L>,
    f: impl Fn(&L::Number) -> L::Number,
) -> Answer<Grid<L::Number>> {
    let x = at.arg(0)?;
    Ok(Grid {
        numbers: x.numbers.iter().map(f).collect(),
        shape: x.shape,
    })
}

/// A function of each pair of numbers, of tensors that broadcast.
pub(crate) fn zip<L: Scalars>(
    at: &Site<'_, L>,
    f: impl Fn(&L::Number, &L::Number) -> L::Number,
) -> Answer<Grid<L::Number>> {
    let (x, z) = (at.arg(0)?, at.arg(1)?);
    let places = spread(&x.shape, at.shape)?.into_iter();
    let pairs = places.zip(spread(&z.shape, at.shape)?);
    Ok(Grid {
        shape: at.shape.clone(),
        numbers: pairs
            .map(|(i, j)| f(&x.numbers[i], &z.numbers[j]))
            .collect(),
    })
}

/// For each element of a shape, the place of its number in a smaller one that is broadcast to it.
fn spread(from: &Shape, to: &Shape) -> Answer<Vec<usize>> {
    let places = Tensor::from_fn(from, |k| k as f64);
    let spread = places.broadcast_to(to);
    let spread = spread.map_err(|e| Refusal::Failed(e.to_string()))?;
    Ok(spread.iter().map(|place| place as usize).collect())
}

/// The operations that move numbers, and add and multiply them.
pub(crate) fn rows<L: Scalars>() -> Vec<Row<L>> {
    vec![
        ("reshape", moved),
        ("transpose", moved),
        ("broadcast_to", moved),
        ("squeeze", moved),
        ("unsqueeze", moved),
        ("slice", moved),
        ("flip", moved),
        ("roll", moved),
        ("concat", moved),
        ("stack", moved),
        ("tile", moved),
        ("repeat", moved),
        ("diagonal", moved),
        ("take", moved),
        ("take_along_axis", moved),
        ("embedding", moved),
        ("sum", |at| folded(at, L::add)),
        ("prod", |at| folded(at, L::mul)),
        ("dot", |at| {
            let (a, b) = (at.arg(0)?, at.arg(1)?);
            inner::<L>(a.numbers.iter().zip(&b.numbers), at.shape)
        }),
        ("matmul", |at| {
            let (a, b) = (at.arg(0)?, at.arg(1)?);
            let (&[n, m], &[_, p]) = (&a.shape[..], &b.shape[..]) else {
                return unsupported("matmul of other than two matrices");
            };
            let mut numbers = Vec::with_capacity(n * p);
            for (i, j) in (0..n).flat_map(|i| (0..p).map(move |j| (i, j))) {
                let pairs = (0..m).map(|k| (&a.numbers[i * m + k], &b.numbers[k * p + j]));
                numbers.extend(inner::<L>(pairs, &Shape::scalar())?.numbers);
            }
            let shape = at.shape.clone();
            Ok(Grid { shape, numbers })
        }),
    ]
}

fn inner<'n, L: Scalars>(
    pairs: impl Iterator<Item = (&'n L::Number, &'n L::Number)>,
    shape: &Shape,
) -> Answer<Grid<L::Number>>
where
    L::Number: 'n,
{
    let products = pairs.map(|(x, z)| L::mul(x, z));
    let Some(sum) = products.reduce(|sum, term| L::add(&sum, &term)) else {
        return unsupported("a sum of nothing");
    };
    Ok(Grid {
        shape: shape.clone(),
        numbers: vec![sum],
    })
}

/// The numbers of the operands, in the order in which the operation puts their places.
fn moved<L: Scalars>(at: &Site<'_, L>) -> Answer<Grid<L::Number>> {
    let (mut numbers, mut places) = (Vec::new(), Vec::new());
    for i in 0..at.count() {
        if at.op.is_index(i) {
            let read = at.library.read(&at.arg(i)?)?;
            places.push(tensor(read.shape, read.data)?);
            continue;
        }
        let x = at.arg(i)?;
        let before = numbers.len();
        places.push(Tensor::from_fn(&x.shape, |k| (before + k) as f64));
        numbers.extend(x.numbers);
    }
    let operands: Vec<&Tensor<f64>> = places.iter().collect();
    let order = at.op.eval(&operands, at.shape);
    let order = order.map_err(|e| Refusal::Failed(e.to_string()))?;
    Ok(Grid {
        shape: at.shape.clone(),
        numbers: order
            .iter()
            .map(|place| numbers[place as usize].clone())
            .collect(),
    })
}

fn tensor(shape: Vec<usize>, data: Vec<f64>) -> Answer<Tensor<f64>> {
    Tensor::new(shape, data).map_err(|e| Refusal::Failed(e.to_string()))
}

/// The numbers along the axes, folded in their order.
fn folded<L: Scalars>(
    at: &Site<'_, L>,
    f: impl Fn(&L::Number, &L::Number) -> L::Number,
) -> Answer<Grid<L::Number>> {
    let x = at.arg(0)?;
    let axes = at.axes();
    let kept = x.shape.reduced(&axes, true);
    let mut sums: Vec<Option<L::Number>> = vec![None; kept.count()];
    for (number, target) in x.numbers.iter().zip(spread(&kept, &x.shape)?) {
        let sum = &mut sums[target];
        *sum = Some(match sum.take() {
            Some(sum) => f(&sum, number),
            None => number.clone(),
        });
    }
    let numbers: Option<Vec<L::Number>> = sums.into_iter().collect();
    match numbers {
        Some(numbers) => Ok(Grid {
            shape: at.shape.clone(),
            numbers,
        }),
        None => unsupported("a reduction of nothing"),
    }
}
