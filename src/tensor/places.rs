//! Elements put at, taken from, and added at places that are given one by one.
//!
//! Every place was found inside by the caller. Nothing here walks an axis of a tensor without elements: such an axis may
//! be of any size.

use super::{Offsets, Range, Shape, Tensor};
use crate::number::Real;
use smallvec::SmallVec;

impl<T: Copy> Tensor<T> {
    /// This tensor inside one of `shape` that is `fill` elsewhere; its first element comes to `first`.
    pub(crate) fn placed(&self, shape: &Shape, first: &[usize], fill: T) -> Self {
        let mut data = vec![fill; shape.count()];
        if !self.is_empty() {
            let strides = shape.contiguous_strides();
            let start: usize = first
                .iter()
                .zip(&strides)
                .map(|(&i, &s)| i * s as usize)
                .sum();
            let whole = self.contiguous();
            let from = whole.as_slice().expect("contiguous by construction");
            let outer: Shape = self.shape[..self.rank().saturating_sub(1)].into();
            let width = self.shape.last().copied().unwrap_or(1);
            let rows = Offsets::over(&outer, &strides[..outer.rank()], start);
            for (row, to) in from.chunks_exact(width).zip(rows) {
                data[to..to + width].copy_from_slice(row);
            }
        }
        Tensor::raw(shape.clone(), data)
    }

    /// The elements at `places` along `axis`, in that order, repeats allowed.
    pub(crate) fn pick(&self, axis: usize, places: &[usize]) -> Self {
        if let [first] = places {
            return self.narrow(
                axis,
                Range {
                    first: *first,
                    step: 1,
                    count: 1,
                },
            );
        }
        let shape = self.shape.with(axis, places.len());
        let mut picked = Vec::with_capacity(shape.count());
        if shape.count() > 0 {
            let whole = self.contiguous();
            let data = whole.as_slice().expect("contiguous by construction");
            let inner: usize = self.shape[axis + 1..].iter().product();
            for row in data.chunks_exact(self.shape[axis] * inner) {
                for &place in places {
                    picked.extend_from_slice(&row[place * inner..(place + 1) * inner]);
                }
            }
        }
        Tensor::raw(shape, picked)
    }

    /// For each element of `places`, the element at that place along `axis` and at the same index along the other axes,
    /// whose sizes are equal.
    pub(crate) fn pick_along(&self, axis: usize, places: &Tensor<usize>) -> Self {
        let mut strides = self.strides.clone();
        let step = std::mem::replace(&mut strides[axis], 0);
        let lanes = Offsets::over(&places.shape, &strides, self.offset);
        let picked: Vec<T> = lanes
            .zip(places.iter())
            .map(|(lane, place)| self.data[(lane as isize + place as isize * step) as usize])
            .collect();
        Tensor::raw(places.shape.clone(), picked)
    }
}

impl<T: Copy> Tensor<T> {
    /// `src` merged into the slices at `places` along `axis`, one after another. The axis of `src` is as long as `places`.
    fn merge_at(
        &self,
        axis: usize,
        places: &[usize],
        src: &Tensor<T>,
        merge: impl Fn(T, T) -> T,
    ) -> Self {
        if src.is_empty() {
            return self.clone();
        }
        let mut data = self.to_vec();
        let whole = src.contiguous();
        let src = whole.as_slice().expect("contiguous by construction");
        let inner: usize = self.shape[axis + 1..].iter().product();
        let rows = data.chunks_exact_mut(self.shape[axis] * inner);
        for (row, src) in rows.zip(src.chunks_exact(places.len() * inner)) {
            for (&place, src) in places.iter().zip(src.chunks_exact(inner)) {
                let to = &mut row[place * inner..(place + 1) * inner];
                for (to, &from) in to.iter_mut().zip(src) {
                    *to = merge(*to, from);
                }
            }
        }
        Tensor::raw(self.shape.clone(), data)
    }

    /// Each element of `src` merged in at its place along `axis`, in row-major order. The sizes of `places` are those of
    /// `src`, and along the other axes those of this tensor.
    fn merge_along(
        &self,
        axis: usize,
        places: &Tensor<usize>,
        src: &Tensor<T>,
        merge: impl Fn(T, T) -> T,
    ) -> Self {
        let mut data = self.to_vec();
        let mut strides: SmallVec<[isize; 4]> = self.shape.contiguous_strides();
        let step = std::mem::replace(&mut strides[axis], 0) as usize;
        let lanes = Offsets::over(&src.shape, &strides, 0);
        for ((lane, place), from) in lanes.zip(places.iter()).zip(src.iter()) {
            let to = &mut data[lane + place * step];
            *to = merge(*to, from);
        }
        Tensor::raw(self.shape.clone(), data)
    }

    /// `src` written at `places` along `axis`; the last one stays. The axis of `src` is as long as `places`.
    pub(crate) fn put_at(&self, axis: usize, places: &[usize], src: &Tensor<T>) -> Self {
        self.merge_at(axis, places, src, |_, from| from)
    }

    /// Each element of `src` written at its place along `axis`; the last one in row-major order stays. The sizes of
    /// `places` are those of `src`, and along the other axes those of this tensor.
    pub(crate) fn put_along(&self, axis: usize, places: &Tensor<usize>, src: &Tensor<T>) -> Self {
        self.merge_along(axis, places, src, |_, from| from)
    }
}

impl<T: Real> Tensor<T> {
    /// The adjoint of [`Tensor::pick`]: `src` added at `places` along `axis`. The axis of `src` is as long as `places`.
    pub(crate) fn add_at(&self, axis: usize, places: &[usize], src: &Tensor<T>) -> Self {
        self.merge_at(axis, places, src, |to, from| to + from)
    }

    /// The adjoint of [`Tensor::pick_along`]: each element of `src` added at its place along `axis`. The sizes of
    /// `places` are those of `src`, and along the other axes those of this tensor.
    pub(crate) fn add_along(&self, axis: usize, places: &Tensor<usize>, src: &Tensor<T>) -> Self {
        self.merge_along(axis, places, src, |to, from| to + from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_on_every_layout() {
        let a = Tensor::<f64>::from([[1.0, 2.0], [3.0, 4.0]]);
        for a in [
            a.clone(),
            a.transpose(&[1, 0])
                .unwrap()
                .contiguous()
                .transpose(&[1, 0])
                .unwrap(),
        ] {
            assert_eq!(
                a.pick(0, &[1, 0, 1]).to_vec(),
                [3.0, 4.0, 1.0, 2.0, 3.0, 4.0]
            );
            assert_eq!(a.pick(1, &[1]).to_vec(), [2.0, 4.0]);
            assert_eq!(a.pick(1, &[]).shape().to_vec(), [2, 0]);
            let places = Tensor::new([2, 3], vec![1, 1, 0, 0, 0, 1]).unwrap();
            assert_eq!(
                a.pick_along(1, &places).to_vec(),
                [2.0, 2.0, 1.0, 3.0, 3.0, 4.0]
            );
            assert_eq!(
                a.placed(&[3, 3].into(), &[1, 0], 7.0).to_vec(),
                [7.0, 7.0, 7.0, 1.0, 2.0, 7.0, 3.0, 4.0, 7.0]
            );
        }
        assert_eq!(Tensor::scalar(2.0).placed(&[].into(), &[], 0.0).item(), 2.0);
    }

    #[test]
    fn additions_at_a_repeated_place_add_up() {
        let a = Tensor::<f64>::from([[1.0, 2.0], [3.0, 4.0]]);
        let src = Tensor::<f64>::from([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]);
        assert_eq!(
            a.add_at(1, &[0, 0, 1], &src).to_vec(),
            [31.0, 32.0, 93.0, 64.0]
        );
        let places = Tensor::new([2, 3], vec![1, 1, 0, 0, 0, 1]).unwrap();
        assert_eq!(
            a.add_along(1, &places, &src).to_vec(),
            [31.0, 32.0, 93.0, 64.0]
        );
    }

    #[test]
    fn of_what_is_written_at_one_place_the_last_stays() {
        let a = Tensor::<f64>::from([[1.0, 2.0], [3.0, 4.0]]);
        let src = Tensor::<f64>::from([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]);
        assert_eq!(
            a.put_at(1, &[0, 0, 0], &src).to_vec(),
            [30.0, 2.0, 60.0, 4.0]
        );
        let places = Tensor::new([2, 3], vec![1, 1, 0, 0, 0, 1]).unwrap();
        assert_eq!(
            a.put_along(1, &places, &src).to_vec(),
            [30.0, 20.0, 50.0, 60.0]
        );
    }

    #[test]
    fn an_axis_without_elements_is_not_walked() {
        let endless = Tensor::<f64>::zeros([1 << 50, 0]);
        assert!(endless.pick(1, &[]).is_empty());
        assert!(endless.pick(0, &[0, 1]).is_empty());
        assert!(Tensor::concat(&[&endless, &endless], 1).is_empty());
        assert!(
            endless
                .add_at(1, &[], &Tensor::zeros([1 << 50, 0]))
                .is_empty()
        );
    }
}
