//! Lanes: the elements along some axes, gathered for a reduction or a scan.

use super::{Shape, Tensor};

impl<T: Copy> Tensor<T> {
    /// A view with `axes` (ascending) moved behind the others.
    fn axes_last(&self, axes: &[usize]) -> Self {
        let outer = (0..self.rank()).filter(|axis| !axes.contains(axis));
        let perm: Vec<usize> = outer.chain(axes.iter().copied()).collect();
        self.transpose(&perm)
            .expect("a permutation by construction")
    }

    /// Each lane along `axes` (ascending) through `f`, to one element. An empty lane is an empty slice.
    pub fn reduce<U: Copy>(
        &self,
        axes: &[usize],
        keepdims: bool,
        mut f: impl FnMut(&[T]) -> U,
    ) -> Tensor<U> {
        let lane: usize = axes.iter().map(|&axis| self.shape[axis]).product();
        let shape = self.shape.reduced(axes, keepdims);
        let view = self.axes_last(axes).contiguous();
        let data = view.as_slice().expect("contiguous by construction");
        let mut results = Vec::with_capacity(shape.count());
        match lane {
            0 => (0..shape.count()).for_each(|_| results.push(f(&[]))),
            _ => {
                for lane in data.chunks_exact(lane) {
                    results.push(f(lane));
                }
            }
        }
        Tensor::raw(shape, results)
    }

    /// Each lane along `axis` through `f`, to a lane of the same length; `f` writes its second argument.
    pub fn scan(&self, axis: usize, f: impl FnMut(&[T], &mut [T])) -> Self {
        self.map_lanes(&[axis], f)
    }

    /// Each lane along `axes` (ascending) through `f`, to a lane of the same length; `f` writes its second argument.
    pub fn map_lanes(&self, axes: &[usize], mut f: impl FnMut(&[T], &mut [T])) -> Self {
        let lane: usize = axes.iter().map(|&axis| self.shape[axis]).product();
        let view = self.axes_last(axes).contiguous();
        let data = view.as_slice().expect("contiguous by construction");
        let mut results = data.to_vec();
        if lane > 0 {
            for (from, to) in data.chunks_exact(lane).zip(results.chunks_exact_mut(lane)) {
                f(from, to);
            }
        }
        let moved = Tensor::raw(view.shape.clone(), results);
        let stay = self.rank() - axes.len();
        let mut outer = 0..stay;
        let back: Vec<usize> = (0..self.rank())
            .map(|axis| match axes.iter().position(|&a| a == axis) {
                Some(k) => stay + k,
                None => outer.next().expect("an axis that stays"),
            })
            .collect();
        moved
            .transpose(&back)
            .expect("a permutation by construction")
    }

    /// Tensors of equal shape but for `axis`, one behind the other along it.
    pub(crate) fn concat(parts: &[&Tensor<T>], axis: usize) -> Self {
        let size = parts.iter().map(|part| part.shape[axis]).sum();
        let shape: Shape = parts[0].shape.with(axis, size);
        let outer: usize = shape[..axis].iter().product();
        let whole: Vec<Tensor<T>> = parts.iter().map(|part| part.contiguous()).collect();
        let mut data = Vec::with_capacity(shape.count());
        // without elements there may be any number of rows
        let rows = if shape.count() == 0 { 0 } else { outer };
        for row in 0..rows {
            for part in &whole {
                let width: usize = part.shape[axis..].iter().product();
                let slice = part.as_slice().expect("contiguous by construction");
                data.extend_from_slice(&slice[row * width..(row + 1) * width]);
            }
        }
        Tensor::raw(shape, data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_on_every_layout() {
        let a = Tensor::from_fn([2, 3, 4], |k| k as f64);
        let sum = |lane: &[f64]| lane.iter().sum::<f64>();
        let straight = a.reduce(&[0, 2], false, sum);
        let turned = a.transpose(&[2, 1, 0]).unwrap().reduce(&[0, 2], false, sum);
        assert_eq!(straight, turned);
        assert_eq!(straight.to_vec(), [60.0, 92.0, 124.0]);
        assert_eq!(a.reduce(&[], false, sum), a);
        assert_eq!(
            Tensor::<f64>::zeros([2, 0])
                .reduce(&[1], true, sum)
                .shape()
                .to_vec(),
            [2, 1]
        );
    }

    #[test]
    fn scans_keep_the_axis_in_place() {
        let a = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
        let running = |from: &[f64], to: &mut [f64]| {
            let mut sum = 0.0;
            for (x, y) in from.iter().zip(to) {
                sum += x;
                *y = sum;
            }
        };
        assert_eq!(a.scan(0, running).to_vec(), [1.0, 2.0, 4.0, 6.0]);
        assert_eq!(a.scan(1, running).to_vec(), [1.0, 3.0, 3.0, 7.0]);
    }

    #[test]
    fn concat_joins_rows() {
        let a = Tensor::<f64>::from([[1.0, 2.0], [3.0, 4.0]]);
        let b = Tensor::<f64>::from([[5.0], [6.0]]);
        assert_eq!(
            Tensor::concat(&[&a, &b], 1).to_vec(),
            [1.0, 2.0, 5.0, 3.0, 4.0, 6.0]
        );
    }
}
