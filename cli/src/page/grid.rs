//! Where the elements of a tensor stand in a picture: the last two axes as rows and columns of a block, blocks of leading
//! axes one after the other. Where there are too many, neighbours share a cell.

use secant::Shape;

/// The longest side of a block, and about that of a picture, in cells.
const SIDE: usize = 64;

/// A tensor's elements as cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    /// Blocks, rows and columns of elements.
    elements: [usize; 3],
    /// How many of each share a cell.
    merged: [usize; 3],
    /// Blocks, rows and columns of cells.
    cells: [usize; 3],
    /// Blocks side by side.
    across: usize,
}

impl Grid {
    /// Cells for a shape with elements, no more than `most` (at least 1).
    pub(super) fn new(shape: &Shape, most: usize) -> Self {
        let (rows, columns) = match &shape[..] {
            [] => (1, 1),
            [columns] => (1, *columns),
            [.., rows, columns] => (*rows, *columns),
        };
        let mut elements = [shape.count() / (rows * columns).max(1), rows, columns];
        if elements[0] == 1 && rows.min(columns) == 1 && rows.max(columns) > SIDE {
            // a long vector goes on in the next line
            elements = [rows.max(columns), 1, 1];
        }
        let of = |merged: [usize; 3]| -> [usize; 3] {
            std::array::from_fn(|k| elements[k].div_ceil(merged[k]))
        };
        let mut merged = [1, rows.div_ceil(SIDE), columns.div_ceil(SIDE)];
        if elements[1..] == [1, 1] {
            merged = [1; 3];
        }
        loop {
            let [blocks, rows, columns] = of(merged);
            if blocks * rows * columns <= most.max(1) {
                break;
            }
            // small blocks stay whole as long as there are several
            let axis = match blocks > 1 && rows * columns <= SIDE {
                true => 0,
                false if rows > columns => 1,
                false => 2,
            };
            merged[axis] += 1 + merged[axis] / 16;
        }
        let cells = of(merged);
        let [blocks, rows, columns] = cells;
        let across = match rows * columns {
            // a vector's lines are longer than it has lines
            1 => ((2.0 * blocks as f64).sqrt().ceil() as usize).clamp(32, SIDE),
            _ => {
                let even = (2.0 * (blocks * rows) as f64 / columns as f64).sqrt();
                let widest = (SIDE / (columns + 1)).max(1);
                (even.round() as usize).clamp(1, widest)
            }
        };
        Self {
            elements,
            merged,
            cells,
            across: across.min(blocks),
        }
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.cells.iter().product()
    }

    /// Whether every element has a cell of its own.
    pub(super) fn is_whole(&self) -> bool {
        self.merged == [1; 3]
    }

    /// The cell of an element, which is given by its place in row-major order.
    pub(super) fn cell(&self, element: usize) -> usize {
        let [_, rows, columns] = self.elements;
        let places = [
            element / (rows * columns),
            element / columns % rows,
            element % columns,
        ];
        let [b, r, c] = std::array::from_fn(|k| places[k] / self.merged[k]);
        (b * self.cells[1] + r) * self.cells[2] + c
    }

    /// The space between blocks, in cells of a side.
    fn gap(&self, side: usize) -> usize {
        match self.cells[1..] {
            [1, 1] => 0,
            _ => side.div_ceil(2),
        }
    }

    /// The upper left corner of a cell, for cells of a side.
    pub(super) fn corner(&self, cell: usize, side: usize) -> (usize, usize) {
        let [_, rows, columns] = self.cells;
        let gap = self.gap(side);
        let block = cell / (rows * columns);
        let (right, down) = (block % self.across, block / self.across);
        let x = right * (columns * side + gap) + cell % columns * side;
        let y = down * (rows * side + gap) + cell / columns % rows * side;
        (x, y)
    }

    /// Width and height of the picture, for cells of a side.
    pub(super) fn size(&self, side: usize) -> (usize, usize) {
        let [blocks, rows, columns] = self.cells;
        let gap = self.gap(side);
        let down = blocks.div_ceil(self.across);
        (
            self.across * (columns * side + gap) - gap,
            down * (rows * side + gap) - gap,
        )
    }

    /// A side that makes small pictures large enough to point at, and large ones no larger than a screen.
    pub(super) fn side(&self) -> usize {
        let (width, height) = self.size(1);
        (640 / width.max(1)).min(480 / height.max(1)).clamp(8, 26)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn grid(sizes: &[usize], most: usize) -> Grid {
        Grid::new(&Shape::from(sizes), most)
    }

    #[test]
    fn small_tensors_are_whole() {
        let tables: [(&[usize], (usize, usize)); 6] = [
            (&[], (1, 1)),
            (&[3], (3, 1)),
            (&[5, 4], (4, 5)),
            (&[5, 1], (1, 5)),
            // two blocks, side by side
            (&[2, 3, 4], (9, 3)),
            (&[1, 2, 1, 3, 4], (9, 3)),
        ];
        for (sizes, size) in tables {
            let grid = grid(sizes, 4096);
            assert!(grid.is_whole());
            assert_eq!(grid.size(1), size, "{sizes:?}");
            assert_eq!(grid.len(), sizes.iter().product::<usize>());
        }
        let grid = grid(&[2, 3, 4], 4096);
        assert_eq!((grid.corner(0, 10), grid.corner(7, 10)), ((0, 0), (30, 10)));
        assert_eq!((grid.corner(12, 10), grid.size(10)), ((45, 0), (85, 30)));
    }

    #[test]
    fn large_tensors_share_cells_and_lose_none() {
        let shapes: [&[usize]; 9] = [
            &[100_000],
            &[1_000_000],
            &[300, 400],
            &[100_000, 1],
            &[1, 100_000],
            &[10_000, 3, 3],
            &[7, 1, 90_000],
            &[3, 500, 2],
            &[2, 100, 100, 5],
        ];
        for sizes in shapes {
            for most in [1, 7, 60, 1000, 4096] {
                let grid = grid(sizes, most);
                assert!(grid.len() <= most, "{sizes:?} {grid:?}");
                let count = sizes.iter().product::<usize>();
                let cells: HashSet<usize> = (0..count).map(|e| grid.cell(e)).collect();
                assert_eq!(cells.len(), grid.len(), "{sizes:?} {grid:?}");
                assert!(cells.iter().all(|cell| *cell < grid.len()));
                let places: HashSet<_> = cells.iter().map(|c| grid.corner(*c, 9)).collect();
                assert_eq!(places.len(), cells.len());
                let (width, height) = grid.size(9);
                assert!(
                    places
                        .iter()
                        .all(|(x, y)| x + 9 <= width && y + 9 <= height)
                );
                assert!(width <= 9 * 130, "{sizes:?} {grid:?}");
            }
        }
        // most of the room is taken
        assert!(grid(&[300, 400], 4000).len() > 3000);
        assert!(grid(&[100_000], 4000).len() > 3000);
    }
}
