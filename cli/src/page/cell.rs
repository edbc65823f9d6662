//! One cell of a heat map: which of the elements that share it it shows, what it says, and its marks.

use super::grid::Grid;
use secant::Shape;
use secant::check::{Element, ParamReport};
use std::fmt::Write;

/// A cross in a cell, as path data.
pub(super) fn cross(x: usize, y: usize, side: usize) -> String {
    let (inset, length) = (side / 4, side - 2 * (side / 4));
    format!(
        "M{} {}l{length} {length}m0-{length}l-{length} {length}",
        x + inset,
        y + inset
    )
}

/// A stroke through a cell, as path data.
pub(super) fn slash(x: usize, y: usize, side: usize) -> String {
    let (inset, length) = (side / 4, side - 2 * (side / 4));
    format!("M{} {}l{length}-{length}", x + inset, y + inset + length)
}

/// Marks that show on any colour: white on black.
pub(super) fn twice(data: &str) -> String {
    match data.is_empty() {
        true => String::new(),
        false => {
            format!("<path class=\"under\" d=\"{data}\"/><path class=\"over\" d=\"{data}\"/>")
        }
    }
}

/// What a cell shows of the elements that share it: the gravest and, of those, the one that is off by most.
#[derive(Clone, Copy)]
pub(super) struct Worst {
    pub(super) place: usize,
    pub(super) element: Element,
    pub(super) of: usize,
}

/// What each cell shows.
pub(super) fn worst(own: &ParamReport, grid: &Grid) -> Vec<Option<Worst>> {
    let size = |element: Element| match element.relative() {
        nan if nan.is_nan() => f64::INFINITY,
        relative => relative,
    };
    let mut cells: Vec<Option<Worst>> = vec![None; grid.len()];
    for (place, &element) in own.elements.iter().enumerate() {
        let cell = &mut cells[grid.cell(place)];
        let of = cell.map_or(0, |worst| worst.of) + 1;
        let before = cell.filter(|worst| {
            let order = element.judgement.cmp(&worst.element.judgement);
            // gravest judgements come first
            order
                .then(size(worst.element).total_cmp(&size(element)))
                .is_ge()
        });
        *cell = Some(match before {
            Some(worst) => Worst { of, ..worst },
            None => Worst { place, element, of },
        });
    }
    cells
}

/// What a cell says when it is pointed at.
pub(super) fn words(worst: Worst, shape: &Shape) -> String {
    let Worst { place, element, of } = worst;
    let index = index(place, shape);
    let mut out = format!(
        "{index:?} {}: claimed {:.6e}, reference {:.6e}",
        element.judgement, element.claimed, element.reference
    );
    let relative = element.relative();
    if relative != 0.0 {
        let ratio = element.claimed / element.reference;
        let _ = write!(out, ", ratio {ratio:.4}, off by {relative:.0e}");
    }
    if of > 1 {
        let _ = write!(out, "; worst of {of}");
    }
    out
}

/// The index of an element at a place in row-major order.
fn index(mut place: usize, shape: &Shape) -> Vec<usize> {
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|&size| {
            let here = place % size;
            place /= size;
            here
        })
        .collect();
    index.reverse();
    index
}
