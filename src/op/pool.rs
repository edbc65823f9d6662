//! Pools: the largest element, or the mean, of windows that slide over one, two or three spatial axes.
//!
//! A window is what of it lies on elements: padding is never read, it only counts. The rules take all windows by one
//! index, which the shapes determine, and add their shares back by the same index. Windows that padding cuts name an
//! element that is not theirs where they have none; a mask drops it. Missing spatial axes have the size 1.

use super::attr::PerAxis;
use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::extremes::{extreme_place, half_gap};
use super::pointwise::Row;
use super::primitive::{DomainError, Linearity, Primitive};
use super::reduce::mean;
use super::spatial::{Numbers, Slide, digit, draw_first, on_three, spatial};
use super::{AvgPool1d, AvgPool2d, AvgPool3d, CumSum, MaxPool1d, MaxPool2d, MaxPool3d, ScatterAdd};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};
use std::cmp::Ordering;

/// The attributes of a pool over `rank` axes.
struct Given<'a> {
    op: &'static str,
    rank: usize,
    kernel: &'a PerAxis,
    stride: &'a Option<PerAxis>,
    padding: &'a PerAxis,
}

impl Given<'_> {
    fn slides(&self) -> Result<Vec<Slide>, ShapeError> {
        let (op, rank) = (self.op, self.rank);
        let kernel = self.kernel.resolve(op, "kernel", rank, 1)?;
        let stride = self.stride.as_ref().unwrap_or(self.kernel);
        let stride = stride.resolve(op, "stride", rank, 1)?;
        let padding = self.padding.resolve(op, "padding", rank, 0)?;
        let slide = |axis: usize| match (kernel[axis], padding[axis]) {
            (kernel, padding) if padding > kernel / 2 => shape_error!(
                "{op}: padding of {padding}, expected at most {}, half of the kernel's {kernel}",
                kernel / 2
            ),
            (kernel, padding) => Ok(Slide {
                kernel,
                stride: stride[axis],
                padding,
                dilation: 1,
            }),
        };
        (0..rank).map(slide).collect()
    }

    fn shape(&self, x: &Shape) -> Result<Shape, ShapeError> {
        let (op, slides) = (self.op, self.slides()?);
        let mut y: Vec<usize> = x.iter().copied().take(2).collect();
        for (axis, (&n, slide)) in spatial(op, x, self.rank)?.iter().zip(&slides).enumerate() {
            if n == 0 {
                return shape_error!("{op}: axis {} of x {x} is empty", axis + 2);
            }
            y.push(slide.windows(op, axis + 2, n)?);
        }
        Ok(y.into())
    }

    /// The windows over `x`, if there are any.
    fn windows(&self, x: &Shape) -> Option<Windows> {
        let expect = "the shape rule checked the sizes";
        let (y, slides) = (self.shape(x).expect(expect), self.slides().expect(expect));
        if y.count() == 0 {
            return None;
        }
        let spans = |axis: usize| match (axis + self.rank).checked_sub(3) {
            None => vec![(0, 1)],
            Some(own) => {
                let Slide {
                    kernel,
                    stride,
                    padding,
                    ..
                } = slides[own];
                let span = |o: usize| {
                    let start = o * stride;
                    let end = (start + kernel).saturating_sub(padding).min(x[own + 2]);
                    (start.saturating_sub(padding), end)
                };
                (0..y[own + 2]).map(span).collect()
            }
        };
        Some(Windows {
            images: x[0] * x[1],
            input: on_three(&x[2..], 1),
            spans: [spans(0), spans(1), spans(2)],
            kernel: slides.iter().map(|slide| slide.kernel as f64).product(),
        })
    }
}

/// Where windows lie: for each axis, from the first element of each window to behind its last. None is empty.
struct Windows {
    images: usize,
    input: [usize; 3],
    spans: [Vec<(usize, usize)>; 3],
    /// The number of places of a window, with those on padding.
    kernel: f64,
}

impl Windows {
    /// Calls `f` with the spans of each window, in row-major order.
    fn each(&self, mut f: impl FnMut([(usize, usize); 3])) {
        for &a in &self.spans[0] {
            for &b in &self.spans[1] {
                for &c in &self.spans[2] {
                    f([a, b, c]);
                }
            }
        }
    }

    /// Each window's elements, in row-major order, through `f`.
    fn reduce<T: Real, U>(&self, x: &Tensor<T>, mut f: impl FnMut(&[T]) -> U) -> Vec<U> {
        let whole = x.contiguous();
        let data = whole.as_slice().expect("contiguous by construction");
        let [_, in1, in2] = self.input;
        let places = self.input.iter().product::<usize>();
        let mut results = Vec::with_capacity(self.images * self.cells());
        let mut window = Vec::new();
        for image in data.chunks_exact(places) {
            self.each(|[a, b, c]| {
                window.clear();
                for plane in a.0..a.1 {
                    for line in b.0..b.1 {
                        let row = (plane * in1 + line) * in2;
                        window.extend_from_slice(&image[row + c.0..row + c.1]);
                    }
                }
                results.push(f(&window));
            });
        }
        results
    }

    fn cells(&self) -> usize {
        self.spans.iter().map(Vec::len).product()
    }

    /// The number of elements of each window.
    fn counts(&self) -> Tensor<f64> {
        let mut counts = Vec::with_capacity(self.cells());
        self.each(|spans| counts.push(spans.iter().map(|(lo, hi)| (hi - lo) as f64).product()));
        Tensor::raw([self.cells(), 1].into(), counts)
    }

    /// The place, among the elements of the spatial axes, of each element of each window: (cells, elements of the largest
    /// window). And where smaller windows have none, if there are smaller ones: 1 for elements, 0 for the others.
    fn index(&self) -> (Tensor<f64>, Option<Tensor<f64>>) {
        let [_, in1, in2] = self.input;
        let widest = |spans: &Vec<(usize, usize)>| spans.iter().map(|(lo, hi)| hi - lo).max();
        let most = [0, 1, 2].map(|axis| widest(&self.spans[axis]).unwrap_or(0));
        let width: usize = most.iter().product();
        let (mut places, mut inside) = (Vec::new(), Vec::new());
        self.each(|[a, b, c]| {
            for plane in a.0..a.0 + most[0] {
                for line in b.0..b.0 + most[1] {
                    for place in c.0..c.0 + most[2] {
                        let own = plane < a.1 && line < b.1 && place < c.1;
                        let flat = (plane * in1 + line) * in2 + place;
                        places.push(if own { flat as f64 } else { 0.0 });
                        inside.push(f64::from(u8::from(own)));
                    }
                }
            }
        });
        let shape = Shape::from([self.cells(), width]);
        let cut = inside.contains(&0.0);
        let inside = cut.then(|| Tensor::raw(shape.clone(), inside));
        (Tensor::raw(shape, places), inside)
    }
}

/// What rules work with: x as (N, C, elements), the index of the windows, and the mask of what is theirs.
struct Taken {
    flat: Shape,
    cells: usize,
    index: Id,
    inside: Option<Id>,
}

impl Taken {
    fn of(b: &dyn Builder, x: &Shape, windows: &Windows) -> Self {
        let (index, inside) = windows.index();
        Self {
            flat: [x[0], x[1], windows.input.iter().product()].into(),
            cells: windows.cells(),
            index: b.literal(index),
            inside: inside.map(|inside| b.literal(inside)),
        }
    }

    /// A result or its cotangent as (N, C, cells, 1).
    fn column(&self, b: &dyn Builder, y: Id) -> Id {
        b.reshape(y, &[self.flat[0], self.flat[1], self.cells, 1].into())
    }

    /// The share of x from those of the windows' elements: (N, C, cells, elements).
    fn add_back(&self, b: &dyn Builder, parts: Id, x: &Shape) -> Shares {
        let zeros = b.zeros(&self.flat);
        let sums = b.apply(ScatterAdd { axis: 2 }.into(), &[zeros, self.index, parts]);
        share(b.reshape(sums, x))
    }
}

/// The first of a window's largest elements has its cotangent; a NaN is larger than all.
fn max_vjp(given: &Given<'_>, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
    let x = b.shape(at.args[0]);
    let Some(windows) = given.windows(&x) else {
        return Shares::new();
    };
    let taken = Taken::of(b, &x, &windows);
    let elements = b.take(b.reshape(at.args[0], &taken.flat), taken.index, 2);
    let [y, ct] = [at.y, ct].map(|id| taken.column(b, id));
    // where there is a NaN, nothing equals the result
    let is_nan = b.pointwise(Row::Ne, &[elements, elements]);
    let mut largest = b.add(b.eq(elements, y), is_nan);
    if let Some(inside) = taken.inside {
        largest = b.mul(largest, inside);
    }
    let count = CumSum {
        axis: -1,
        reverse: false,
        exclusive: true,
    };
    let before = b.apply(count.into(), &[largest]);
    let first = b.mul(largest, b.eq(before, b.constant(0.0)));
    taken.add_back(b, b.select(first, ct, b.constant(0.0)), &x)
}

fn avg_vjp(given: &Given<'_>, padded: bool, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
    let x = b.shape(at.args[0]);
    let Some(windows) = given.windows(&x) else {
        return Shares::new();
    };
    let taken = Taken::of(b, &x, &windows);
    let count = match padded {
        true => b.constant(windows.kernel),
        false => b.literal(windows.counts()),
    };
    let each = b.div(taken.column(b, ct), count);
    let index = b.shape(taken.index);
    let parts = b.broadcast_to(each, &[x[0], x[1], index[0], index[1]].into());
    let parts = match taken.inside {
        Some(inside) => b.select(inside, parts, b.constant(0.0)),
        None => parts,
    };
    taken.add_back(b, parts, &x)
}

/// Kernel, stride and padding for spatial axes; padding is at most half the kernel.
fn draw(from: &mut Choices<'_>, sizes: &[usize]) -> (PerAxis, Option<PerAxis>, PerAxis) {
    let (mut kernel, mut stride, mut padding) = (Numbers::new(), Numbers::new(), Numbers::new());
    let default = from.chance(0.3);
    for &n in sizes {
        let mut word = from.word() as usize;
        let mut k = [2, 3, 1, 4, 2, n.min(5)][digit(&mut word, 6)];
        let p = digit(&mut word, k / 2 + 1);
        k = k.min(n + 2 * p);
        kernel.push(k);
        padding.push(p.min(k / 2));
        stride.push(1 + digit(&mut word, k + 1));
    }
    let strides = (!default).then(|| stride.as_slice().into());
    (kernel.as_slice().into(), strides, padding.as_slice().into())
}

macro_rules! pools {
    ($($Max:ident $Avg:ident $rank:literal;)+) => {$(
        pools!(given $Max $rank);
        pools!(given $Avg $rank);

        impl Primitive for $Max {
            const KINKS: &'static str = "ties at the largest of a window";

            fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                self.given().shape(args[0])
            }

            fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
                let windows = self.given().windows(args[0].shape());
                let largest = |window: &[T]| window[extreme_place(window, Ordering::Greater)];
                let y = windows.map_or(Vec::new(), |windows| windows.reduce(args[0], largest));
                Ok(Tensor::raw(shape.clone(), y))
            }

            fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
                max_vjp(&self.given(), b, at, ct)
            }

            fn is_many_sided(&self) -> bool {
                true
            }

            fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
                let windows = self.given().windows(args[0].shape());
                let gaps = windows.map_or(Vec::new(), |windows| windows.reduce(args[0], half_gap));
                gaps.into_iter().fold(f64::INFINITY, f64::min)
            }

            fn first(from: &mut Choices<'_>) -> Option<Shape> {
                Some(draw_first(from, $rank))
            }

            fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
                let sizes = (x.rank() == $rank + 2 && !x[2..].contains(&0)).then(|| &x[2..])?;
                let (kernel, stride, padding) = draw(from, sizes);
                Drawn::alone(Self { kernel, stride, padding })
            }
        }

        impl Primitive for $Avg {
            fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                self.given().shape(args[0])
            }

            fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
                let y = self.given().windows(args[0].shape()).map_or(Vec::new(), |windows| {
                    let kernel = windows.kernel;
                    windows.reduce(args[0], |window| match self.count_include_pad {
                        true if (window.len() as f64) < kernel => T::sum(window) / T::of(kernel),
                        _ => mean(window),
                    })
                });
                Ok(Tensor::raw(shape.clone(), y))
            }

            fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
                avg_vjp(&self.given(), self.count_include_pad, b, at, ct)
            }

            fn linearity(&self) -> Linearity {
                Linearity::Linear
            }

            fn first(from: &mut Choices<'_>) -> Option<Shape> {
                Some(draw_first(from, $rank))
            }

            fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
                let sizes = (x.rank() == $rank + 2 && !x[2..].contains(&0)).then(|| &x[2..])?;
                let (kernel, stride, padding) = draw(from, sizes);
                Drawn::alone(Self { kernel, stride, padding, count_include_pad: from.chance(0.5) })
            }
        }
    )+};
    (given $Pool:ident $rank:literal) => {
        impl $Pool {
            fn given(&self) -> Given<'_> {
                Given {
                    op: <Self as super::Signature>::NAME,
                    rank: $rank,
                    kernel: &self.kernel,
                    stride: &self.stride,
                    padding: &self.padding,
                }
            }
        }
    };
}
pools! {
    MaxPool1d AvgPool1d 1;
    MaxPool2d AvgPool2d 2;
    MaxPool3d AvgPool3d 3;
}

#[cfg(test)]
mod tests {
    use super::super::testing::counting;
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::MaxPool1d);
        all_derivatives_agree(Kind::MaxPool2d);
        all_derivatives_agree(Kind::MaxPool3d);
        all_derivatives_agree(Kind::AvgPool1d);
        all_derivatives_agree(Kind::AvgPool2d);
        all_derivatives_agree(Kind::AvgPool3d);
    }

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    fn max(kernel: usize, stride: Option<usize>, padding: usize) -> MaxPool1d {
        MaxPool1d {
            kernel: kernel.into(),
            stride: stride.map(PerAxis::from),
            padding: padding.into(),
        }
    }

    fn avg(kernel: usize, stride: Option<usize>, padding: usize, padded: bool) -> AvgPool1d {
        AvgPool1d {
            kernel: kernel.into(),
            stride: stride.map(PerAxis::from),
            padding: padding.into(),
            count_include_pad: padded,
        }
    }

    fn row<const N: usize>(x: [f64; N]) -> Tensor<f64> {
        Tensor::from([[x]])
    }

    fn plane_of<const H: usize, const W: usize>(x: [[f64; W]; H]) -> Tensor<f64> {
        Tensor::from(x).reshape([1, 1, H, W]).unwrap()
    }

    #[test]
    fn values() {
        let x = || row([3.0, 1.0, -2.0, 5.0, 4.0]);
        check(max(2, None, 0), &[x()], row([3.0, 5.0]));
        check(max(3, Some(1), 1), &[x()], row([3.0, 3.0, 5.0, 5.0, 5.0]));
        check(max(1, Some(3), 0), &[x()], row([3.0, 5.0]));
        check(max(2, None, 1), &[row([-INF, -INF])], row([-INF, -INF]));
        check(
            max(2, Some(1), 0),
            &[row([1.0, NAN, 2.0, 3.0])],
            row([NAN, NAN, 3.0]),
        );
        check(avg(2, None, 0, true), &[x()], row([2.0, 1.5]));
        check(avg(4, Some(2), 2, true), &[x()], row([1.0, 1.75, 1.75]));
        check(
            avg(4, Some(2), 2, false),
            &[x()],
            row([2.0, 1.75, 7.0 / 3.0]),
        );
        check(avg(2, None, 0, true), &[row([1e308, 1e308])], row([1e308]));
        let plane = MaxPool2d {
            kernel: [2, 3].into(),
            stride: Some([1, 2].into()),
            padding: [0, 1].into(),
        };
        let y = plane_of([[5.0, 7.0], [9.0, 11.0]]);
        check(plane, &[counting(&[1, 1, 3, 4])], y);
    }

    #[test]
    fn the_first_of_equals_has_the_derivative() {
        let x = plane_of([[2.0, 2.0], [2.0, 2.0]]);
        let op = MaxPool2d {
            kernel: 2.into(),
            stride: Some(1.into()),
            padding: 1.into(),
        };
        let ct = plane_of([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]);
        // windows of 1, 2, 1; 2, 4, 2; 1, 2, 1 elements
        let share = plane_of([[12.0, 9.0], [15.0, 9.0]]);
        check_pull(op, &[x], ct, &[share]);
        let share = row([0.0, 3.0, 0.0]);
        check_pull(
            max(2, Some(1), 0),
            &[row([1.0, NAN, NAN])],
            row([1.0, 2.0]),
            &[share],
        );
        check_pull(
            max(2, Some(2), 1),
            &[row([-INF, -INF])],
            row([1.0, 2.0]),
            &[row([1.0, 2.0])],
        );
    }

    #[test]
    fn means_share() {
        let x = || row([0.0, 0.0, 0.0]);
        let ct = || row([6.0, 12.0]);
        check_pull(
            avg(3, Some(2), 1, true),
            &[x()],
            ct(),
            &[row([2.0, 6.0, 4.0])],
        );
        check_pull(
            avg(3, Some(2), 1, false),
            &[x()],
            ct(),
            &[row([3.0, 9.0, 6.0])],
        );
        // what no window reaches
        check_pull(
            avg(1, Some(2), 0, true),
            &[x()],
            ct(),
            &[row([6.0, 0.0, 12.0])],
        );
    }

    #[test]
    fn sizes() {
        check(
            max(2, None, 0),
            &[Tensor::zeros([0, 2, 4])],
            Tensor::zeros([0, 2, 2]),
        );
        check_pull(
            avg(2, None, 0, true),
            &[Tensor::zeros([2, 0, 4])],
            Tensor::zeros([2, 0, 2]),
            &[Tensor::zeros([2, 0, 4])],
        );
        // padding is not read, however long it is
        let long = 1 << 40;
        check(max(long, None, long / 2), &[row([1.0, 2.0])], row([2.0]));
        check(
            avg(long, None, long / 2, true),
            &[row([1.0, 3.0])],
            row([4.0 / long as f64]),
        );
        check_refused(max(2, None, 0), &[&[1, 2]], "max_pool1d takes x of rank 3");
        check_refused(max(0, None, 0), &[&[1, 2, 3]], "kernel of 0");
        check_refused(max(1, Some(0), 0), &[&[1, 2, 3]], "stride of 0");
        check_refused(
            max(3, None, 2),
            &[&[1, 2, 3]],
            "padding of 2, expected at most 1, half of the kernel's 3",
        );
        check_refused(
            max(4, None, 0),
            &[&[1, 2, 3]],
            "spans 4 places, but axis 2 has 3",
        );
        check_refused(
            max(2, None, 1),
            &[&[1, 2, 0]],
            "axis 2 of x [1, 2, 0] is empty",
        );
    }
}
