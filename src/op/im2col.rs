//! How convolutions are computed: as matrix products.
//!
//! A window of x under each tap of the kernel is a row of a matrix, and the product of the kernel with that matrix is the
//! result. The adjoint multiplies with the turned kernel, and adds the rows back at their places. One computation serves
//! one, two and three spatial axes: missing ones have the size 1.

use super::product::multiply_by_dots;
use crate::number::Real;
use smallvec::SmallVec;

/// A convolution of x (samples, groups ci, input) with w (groups co, ci, kernel) to y (samples, groups co, output).
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) samples: usize,
    pub(super) groups: usize,
    pub(super) co: usize,
    pub(super) ci: usize,
    pub(super) input: [usize; 3],
    pub(super) kernel: [usize; 3],
    pub(super) output: [usize; 3],
    pub(super) stride: [usize; 3],
    pub(super) padding: [usize; 3],
    pub(super) dilation: [usize; 3],
}

/// Products narrower than this take several samples at once.
const COLUMNS: usize = 256;

fn volume(sizes: &[usize; 3]) -> usize {
    sizes.iter().product()
}

/// A matrix as the product routine takes it: elements, and strides (row, column).
type Matrix<'a, T> = (&'a [T], [usize; 2]);

/// `c = a b` for row-major `c` (m x n).
fn product<'a, T: Real>([m, k, n]: [usize; 3], a: Matrix<'a, T>, b: Matrix<'a, T>, c: &mut [T]) {
    let factor = |x: Matrix<'a, T>| (x.0, x.1.map(|stride| stride as isize));
    if !T::gemm([m, k, n], factor(a), factor(b), c) {
        let at = |x: Matrix<'a, T>| move |i: usize, j: usize| x.0[i * x.1[0] + j * x.1[1]];
        multiply_by_dots([m, k, n], at(a), at(b), c);
    }
}

/// Every `step`-th element.
fn copy<T: Copy>(from: &[T], step: usize, to: &mut [T]) {
    if step == 1 {
        return to.copy_from_slice(&from[..to.len()]);
    }
    for (to, &from) in to.iter_mut().zip(from.iter().step_by(step)) {
        *to = from;
    }
}

impl Plan {
    /// The output cells of an axis whose windows have tap `tap` on a place, from the first to behind the last; and the
    /// place of the first.
    fn cells(&self, axis: usize, tap: usize) -> (usize, usize, usize) {
        let (input, step) = (self.input[axis], self.stride[axis]);
        let before = self.padding[axis];
        let shift = tap * self.dilation[axis];
        // cell o has the tap on place o step + shift - before
        let first = before.saturating_sub(shift).div_ceil(step);
        let end = (input + before).saturating_sub(shift).div_ceil(step);
        let end = end.min(self.output[axis]);
        (
            first,
            end.max(first),
            (first * step + shift).saturating_sub(before),
        )
    }

    /// Calls `f(tap, cell, place, count)` for rows of cells: cells `cell + j` have the tap on the places
    /// `place + j stride`, `j` below `count`.
    fn rows(&self, mut f: impl FnMut(usize, usize, usize, usize)) {
        let ([_, in1, in2], [_, out1, out2]) = (self.input, self.output);
        let across: SmallVec<[(usize, usize, usize); 16]> =
            (0..self.kernel[2]).map(|tap| self.cells(2, tap)).collect();
        let mut tap = 0;
        for tap0 in 0..self.kernel[0] {
            let (first0, end0, place0) = self.cells(0, tap0);
            for tap1 in 0..self.kernel[1] {
                let (first1, end1, place1) = self.cells(1, tap1);
                for &(first2, end2, place2) in &across {
                    if end2 > first2 {
                        for cell0 in first0..end0 {
                            let plane = place0 + (cell0 - first0) * self.stride[0];
                            for cell1 in first1..end1 {
                                let line = place1 + (cell1 - first1) * self.stride[1];
                                let cell = (cell0 * out1 + cell1) * out2 + first2;
                                f(
                                    tap,
                                    cell,
                                    (plane * in1 + line) * in2 + place2,
                                    end2 - first2,
                                );
                            }
                        }
                    }
                    tap += 1;
                }
            }
        }
    }

    /// The same with taps and cells in each other's place: both walk over x in equal steps.
    fn exchanged(&self) -> Self {
        Self {
            kernel: self.output,
            output: self.kernel,
            stride: self.dilation,
            dilation: self.stride,
            ..self.clone()
        }
    }

    /// y of x and w, all in row-major order.
    pub(super) fn convolve<T: Real>(&self, x: &[T], w: &[T]) -> Vec<T> {
        let Self {
            samples,
            groups,
            co,
            ci,
            ..
        } = *self;
        let (taps, cells, places) = (
            volume(&self.kernel),
            volume(&self.output),
            volume(&self.input),
        );
        let (k, zero) = (ci * taps, T::of(0.0));
        let mut y = vec![zero; samples * groups * co * cells];
        if y.is_empty() || k == 0 {
            return y;
        }
        let block = (COLUMNS / cells).clamp(1, samples);
        let mut columns = vec![zero; k * block * cells];
        let mut products = vec![zero; co * block * cells];
        // rows of the matrix are written in runs, along the longer of kernel and output
        let is_turned = self.kernel[2] > self.output[2];
        let walk = if is_turned {
            self.exchanged()
        } else {
            self.clone()
        };
        for first in (0..samples).step_by(block) {
            let count = block.min(samples - first);
            let width = count * cells;
            let strides = if is_turned { [1, k] } else { [width, 1] };
            if count < block {
                // the places of padding, which nothing is written to, may now be elsewhere
                columns.fill(zero);
            }
            for group in 0..groups {
                for (sample, c) in (0..count).flat_map(|s| (0..ci).map(move |c| (s, c))) {
                    let image =
                        &x[(((first + sample) * groups + group) * ci + c) * places..][..places];
                    walk.rows(|still, run, place, n| {
                        let [tap, cell] = if is_turned {
                            [run, still]
                        } else {
                            [still, run]
                        };
                        let (row, column) = (c * taps + tap, sample * cells + cell);
                        let to = &mut columns[row * strides[0] + column * strides[1]..][..n];
                        copy(&image[place..], walk.stride[2], to);
                    });
                }
                let kernel = (&w[group * co * k..(group + 1) * co * k], [k, 1]);
                let products = &mut products[..co * width];
                product([co, k, width], kernel, (&columns, strides), products);
                for (sample, o) in (0..count).flat_map(|s| (0..co).map(move |o| (s, o))) {
                    let row = (((first + sample) * groups + group) * co + o) * cells;
                    let from = &products[o * width + sample * cells..][..cells];
                    y[row..row + cells].copy_from_slice(from);
                }
            }
        }
        y
    }

    /// The adjoint of [`Plan::convolve`] in x.
    pub(super) fn adjoint<T: Real>(&self, y: &[T], w: &[T]) -> Vec<T> {
        let Self {
            samples,
            groups,
            co,
            ci,
            ..
        } = *self;
        let (taps, cells, places) = (
            volume(&self.kernel),
            volume(&self.output),
            volume(&self.input),
        );
        let (k, zero, step) = (ci * taps, T::of(0.0), self.stride[2]);
        let mut x = vec![zero; samples * groups * ci * places];
        if x.is_empty() || co == 0 {
            return x;
        }
        let mut columns = vec![zero; k * cells];
        for image in 0..samples * groups {
            let group = image % groups;
            let turned = (&w[group * co * k..(group + 1) * co * k], [1, k]);
            let from = &y[image * co * cells..(image + 1) * co * cells];
            product([k, co, cells], turned, (from, [cells, 1]), &mut columns);
            for c in 0..ci {
                let to = &mut x[(image * ci + c) * places..][..places];
                self.rows(|tap, cell, place, n| {
                    let from = &columns[(c * taps + tap) * cells + cell..][..n];
                    for (to, &from) in to[place..].iter_mut().step_by(step).zip(from) {
                        *to = *to + from;
                    }
                });
            }
        }
        x
    }
}
