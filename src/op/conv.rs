//! Convolutions and their adjoints, on one, two or three spatial axes.
//!
//! Here are their shapes and rules; [`im2col`](super::im2col) computes. Each is linear in x and in w, and the adjoints are convolutions again. By x, the adjoint of a convolution is the
//! transposed one and the other way round. By w, tap k of the share is the product of the cotangent with the window that
//! the tap sees: a convolution of x with the cotangent in the kernel's place, with stride and dilation exchanged, and
//! with samples and channels exchanged.

use super::attr::PerAxis;
use super::builder::{Builder, Id, Shares, Site};
use super::choices::{Choices, Drawn, Request};
use super::im2col::Plan;
use super::primitive::{DomainError, Linearity, Primitive};
use super::spatial::{Numbers, Slide, checked, digit, draw_first, on_three, spatial};
use super::{Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, Op};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};
use smallvec::SmallVec;

/// What a convolution is given beside its operands.
#[derive(Clone)]
struct Given {
    op: &'static str,
    stride: PerAxis,
    padding: PerAxis,
    dilation: PerAxis,
    groups: usize,
}

/// The same for one rank, with numbers for each axis.
struct Resolved {
    op: &'static str,
    stride: Numbers,
    padding: Numbers,
    dilation: Numbers,
    groups: usize,
}

impl Given {
    fn resolve(&self, rank: usize) -> Result<Resolved, ShapeError> {
        let op = self.op;
        if self.groups == 0 {
            return shape_error!("{op}: groups=0, expected at least 1");
        }
        Ok(Resolved {
            op,
            stride: self.stride.resolve(op, "stride", rank, 1)?,
            padding: self.padding.resolve(op, "padding", rank, 0)?,
            dilation: self.dilation.resolve(op, "dilation", rank, 1)?,
            groups: self.groups,
        })
    }
}

impl Resolved {
    fn slide(&self, axis: usize, kernel: usize) -> Slide {
        Slide {
            kernel,
            stride: self.stride[axis],
            padding: self.padding[axis],
            dilation: self.dilation[axis],
        }
    }

    /// The spatial sizes of x and of the kernel, and the channels of a group.
    fn operands<'a>(
        &self,
        x: &'a Shape,
        w: &'a Shape,
    ) -> Result<(&'a [usize], &'a [usize], usize), ShapeError> {
        let (op, groups) = (self.op, self.groups);
        let sizes = spatial(op, x, self.stride.len())?;
        if w.rank() != x.rank() {
            return shape_error!("{op} takes a kernel of the rank of x, found {w} for x {x}");
        }
        if !x[1].is_multiple_of(groups) {
            return shape_error!(
                "{op}: the {} channels of x {x} make no {groups} groups",
                x[1]
            );
        }
        if w[2..].contains(&0) {
            return shape_error!("{op}: the kernel {w} has no taps");
        }
        Ok((sizes, &w[2..], x[1] / groups))
    }

    /// The plan of a convolution, and its result's shape.
    fn convolution(&self, x: &Shape, w: &Shape) -> Result<(Plan, Shape), ShapeError> {
        let (op, groups) = (self.op, self.groups);
        let (sizes, kernel, ci) = self.operands(x, w)?;
        if w[1] != ci {
            return shape_error!(
                "{op}: the kernel {w} is for {} channels a group, but x {x} in {groups} groups has {ci}",
                w[1]
            );
        }
        if !w[0].is_multiple_of(groups) {
            return shape_error!(
                "{op}: the {} output channels of the kernel {w} make no {groups} groups",
                w[0]
            );
        }
        let windows = |axis: usize| {
            self.slide(axis, kernel[axis])
                .windows(op, axis + 2, sizes[axis])
        };
        let output = (0..sizes.len())
            .map(windows)
            .collect::<Result<Numbers, _>>()?;
        let y = [x[0], w[0]]
            .into_iter()
            .chain(output.iter().copied())
            .collect();
        Ok((
            self.plan(x[0], [w[0] / groups, ci], sizes, kernel, &output),
            y,
        ))
    }

    /// The plan of the convolution to which a transposed one is the adjoint, and the transposed one's result's shape.
    fn transposed(
        &self,
        output_padding: &PerAxis,
        x: &Shape,
        w: &Shape,
    ) -> Result<(Plan, Shape), ShapeError> {
        let (op, groups) = (self.op, self.groups);
        let more = output_padding.resolve(op, "output_padding", self.stride.len(), 0)?;
        let (sizes, kernel, co) = self.operands(x, w)?;
        if w[0] != x[1] {
            return shape_error!(
                "{op}: the kernel {w} is for {} channels, but x {x} has {}",
                w[0],
                x[1]
            );
        }
        let Some(channels) = checked(w[1], groups, 0) else {
            return shape_error!("{op}: {groups} groups are more than memory can address");
        };
        let size = |axis: usize| {
            let (slide, n) = (self.slide(axis, kernel[axis]), sizes[axis]);
            let most = slide.stride.max(slide.dilation);
            if more[axis] >= most {
                return shape_error!(
                    "{op}: output_padding of {}, expected less than {most}, the larger of stride and dilation",
                    more[axis]
                );
            }
            let Some(steps) = n.checked_sub(1) else {
                return shape_error!("{op}: axis {} of x {x} is empty", axis + 2);
            };
            let whole = slide
                .extent()
                .and_then(|extent| checked(steps, slide.stride, extent))
                .and_then(|whole| checked(1, whole, more[axis]));
            let cut = checked(2, slide.padding, 0);
            match whole.zip(cut) {
                Some((whole, cut)) if cut <= whole => Ok(whole - cut),
                Some((whole, cut)) => shape_error!(
                    "{op}: padding cuts {cut} off the {whole} places of axis {} of the result",
                    axis + 2
                ),
                None => shape_error!(
                    "{op}: axis {} of the result is larger than memory can address",
                    axis + 2
                ),
            }
        };
        let input = (0..sizes.len()).map(size).collect::<Result<Numbers, _>>()?;
        let y = [x[0], channels]
            .into_iter()
            .chain(input.iter().copied())
            .collect();
        Ok((self.plan(x[0], [co, w[1]], &input, kernel, sizes), y))
    }

    fn plan(
        &self,
        samples: usize,
        [co, ci]: [usize; 2],
        input: &[usize],
        kernel: &[usize],
        output: &[usize],
    ) -> Plan {
        Plan {
            samples,
            groups: self.groups,
            co,
            ci,
            input: on_three(input, 1),
            kernel: on_three(kernel, 1),
            output: on_three(output, 1),
            stride: on_three(&self.stride, 1),
            padding: on_three(&self.padding, 0),
            dilation: on_three(&self.dilation, 1),
        }
    }
}

/// The two operations of one number of spatial axes.
struct Family {
    convolution: fn(Given) -> Op,
    transposed: fn(Given, PerAxis) -> Op,
}

impl Family {
    /// The cotangent of the kernel of a convolution from `x` to `y`: (groups co, ci, kernel).
    fn kernel(&self, b: &dyn Builder, given: Given, [x, y]: [Id; 2], kernel: &[usize]) -> Id {
        let (groups, shape) = (given.groups, b.shape(x));
        let behind = (3..shape.rank() as i64 + 1).collect::<Vec<_>>();
        let ci = shape[1] / groups;
        // (N, G Ci, ..) to (Ci, G N, ..)
        let apart: Shape = [shape[0], groups, ci]
            .iter()
            .chain(&shape[2..])
            .copied()
            .collect();
        let turned: Vec<i64> = [2, 1, 0].iter().chain(&behind).copied().collect();
        let folded: Shape = [ci, groups * shape[0]]
            .iter()
            .chain(&shape[2..])
            .copied()
            .collect();
        let images = b.reshape(b.transpose(b.reshape(x, &apart), turned), &folded);
        let exchanged = Given {
            stride: given.dilation,
            dilation: given.stride,
            ..given
        };
        let taps = b.apply((self.convolution)(exchanged), &[images, exchange(b, y)]);
        // windows that the stride leaves over at the end
        let all = b.shape(taps);
        let counts: Shape = all[..2].iter().chain(kernel).copied().collect();
        exchange(b, b.window(taps, &vec![0; all.rank()], &counts))
    }
}

/// The first two axes exchanged.
fn exchange(b: &dyn Builder, x: Id) -> Id {
    let rank = b.shape(x).rank() as i64;
    b.transpose(x, [1, 0].into_iter().chain(2..rank).collect())
}

/// Attributes and a kernel's spatial sizes for spatial sizes, within limits: `(kernel, stride, padding, dilation)`.
struct Windows {
    kernel: Numbers,
    stride: Numbers,
    padding: Numbers,
    dilation: Numbers,
}

impl Windows {
    /// `most` is the largest padding; `fits` whether the windows must fit into what is there.
    fn draw(from: &mut Choices<'_>, sizes: &[usize], most: usize, fits: bool) -> Self {
        let mut drawn = Self {
            kernel: Numbers::new(),
            stride: Numbers::new(),
            padding: Numbers::new(),
            dilation: Numbers::new(),
        };
        for &n in sizes {
            let mut word = from.word() as usize;
            let stride = [1, 1, 2, 3][digit(&mut word, 4)];
            let mut padding = digit(&mut word, most + 1);
            let mut dilation = [1, 1, 2, 3][digit(&mut word, 4)];
            let mut kernel = [2, 1, 3, 2, 4][digit(&mut word, 5)];
            if fits {
                if n == 0 {
                    padding = padding.max(1);
                }
                let padded = n + 2 * padding;
                match digit(&mut word, 8) {
                    7 => (kernel, dilation) = (padded.min(5), 1),
                    _ if (kernel - 1) * dilation < padded => {}
                    _ => (kernel, dilation) = (kernel.min(padded), 1),
                }
            }
            drawn.kernel.push(kernel);
            drawn.stride.push(stride);
            drawn.padding.push(padding);
            drawn.dilation.push(dilation);
        }
        drawn
    }
}

/// A number of groups of `channels`, and channels a group on the other side.
fn draw_groups(from: &mut Choices<'_>, channels: usize) -> (usize, usize) {
    let divisors: SmallVec<[usize; 8]> = (1..=channels.max(1))
        .filter(|&d| channels.is_multiple_of(d))
        .collect();
    let groups = *from.pick(&divisors);
    let other = match groups {
        1 => 1 + from.below(3),
        _ => 1 + from.below(2),
    };
    (groups, other)
}

/// Whether generators may have a result of this shape.
fn is_small(y: &Shape, x: &Shape, w: &Shape) -> bool {
    y.count() <= (4 * (x.count() + w.count()) + 24).min(256)
}

macro_rules! convolutions {
    ($($Conv:ident $Transposed:ident $family:ident $rank:literal;)+) => {$(
        static $family: Family = Family {
            convolution: |given| {
                $Conv {
                    stride: given.stride,
                    padding: given.padding,
                    dilation: given.dilation,
                    groups: given.groups,
                }
                .into()
            },
            transposed: |given, output_padding| {
                $Transposed {
                    stride: given.stride,
                    padding: given.padding,
                    output_padding,
                    dilation: given.dilation,
                    groups: given.groups,
                }
                .into()
            },
        };

        impl $Conv {
            fn given(&self) -> Given {
                Given {
                    op: <Self as super::Signature>::NAME,
                    stride: self.stride.clone(),
                    padding: self.padding.clone(),
                    dilation: self.dilation.clone(),
                    groups: self.groups,
                }
            }
        }

        impl $Transposed {
            fn given(&self) -> Given {
                Given {
                    op: <Self as super::Signature>::NAME,
                    stride: self.stride.clone(),
                    padding: self.padding.clone(),
                    dilation: self.dilation.clone(),
                    groups: self.groups,
                }
            }
        }

        impl Primitive for $Conv {
            fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                Ok(self.given().resolve($rank)?.convolution(args[0], args[1])?.1)
            }

            fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
                let resolved = self.given().resolve($rank);
                let planned = resolved.and_then(|given| given.convolution(args[0].shape(), args[1].shape()));
                let plan = planned.expect("the shape rule checked the sizes").0;
                let y = with_slices(args, |x, w| plan.convolve(x, w));
                Ok(Tensor::raw(shape.clone(), y))
            }

            fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
                convolution_vjp(&$family, self.given(), b, at, ct)
            }

            fn linearity(&self) -> Linearity {
                Linearity::Bilinear
            }

            fn first(from: &mut Choices<'_>) -> Option<Shape> {
                Some(draw_first(from, $rank))
            }

            fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
                let sizes = (x.rank() == $rank + 2).then(|| &x[2..])?;
                let (groups, co) = draw_groups(from, x[1]);
                let windows = Windows::draw(from, sizes, [3, 2, 1][$rank - 1], true);
                let w: Shape = [groups * co, x[1] / groups].into_iter().chain(windows.kernel).collect();
                let mut op = Self {
                    stride: windows.stride.as_slice().into(),
                    padding: windows.padding.as_slice().into(),
                    dilation: windows.dilation.as_slice().into(),
                    groups,
                };
                if !is_small(&op.shape(&[x, &w]).ok()?, x, &w) {
                    op.stride = 3.into();
                }
                let y = op.shape(&[x, &w]).ok()?;
                is_small(&y, x, &w).then(|| Drawn::with(op, [Request::Tensor(w)])).flatten()
            }
        }

        impl Primitive for $Transposed {
            fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                Ok(self.given().resolve($rank)?.transposed(&self.output_padding, args[0], args[1])?.1)
            }

            fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
                let resolved = self.given().resolve($rank);
                let planned = resolved
                    .and_then(|given| given.transposed(&self.output_padding, args[0].shape(), args[1].shape()));
                let plan = planned.expect("the shape rule checked the sizes").0;
                let y = with_slices(args, |x, w| plan.adjoint(x, w));
                Ok(Tensor::raw(shape.clone(), y))
            }

            fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
                transposed_vjp(&$family, self.given(), b, at, ct)
            }

            fn linearity(&self) -> Linearity {
                Linearity::Bilinear
            }

            fn first(from: &mut Choices<'_>) -> Option<Shape> {
                Some(draw_first(from, $rank))
            }

            fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
                let sizes = (x.rank() == $rank + 2 && !x[2..].contains(&0)).then(|| &x[2..])?;
                let (groups, co) = draw_groups(from, x[1]);
                let windows = Windows::draw(from, sizes, 2, false);
                let (mut more, mut word) = (Numbers::new(), from.word() as usize);
                for (stride, dilation) in windows.stride.iter().zip(&windows.dilation) {
                    more.push(digit(&mut word, *stride.max(dilation)));
                }
                let w: Shape = [x[1], co].into_iter().chain(windows.kernel).collect();
                let mut op = Self {
                    stride: windows.stride.as_slice().into(),
                    padding: windows.padding.as_slice().into(),
                    output_padding: more.as_slice().into(),
                    dilation: windows.dilation.as_slice().into(),
                    groups,
                };
                // less padding where it cuts all off, smaller steps where the result is large
                if op.shape(&[x, &w]).is_err() {
                    op.padding = 0.into();
                }
                if !is_small(&op.shape(&[x, &w]).ok()?, x, &w) {
                    (op.stride, op.dilation, op.output_padding) = (1.into(), 1.into(), 0.into());
                }
                let y = op.shape(&[x, &w]).ok()?;
                is_small(&y, x, &w).then(|| Drawn::with(op, [Request::Tensor(w)])).flatten()
            }
        }
    )+};
}
convolutions! {
    Conv1d ConvTranspose1d FAMILY_1D 1;
    Conv2d ConvTranspose2d FAMILY_2D 2;
    Conv3d ConvTranspose3d FAMILY_3D 3;
}

/// The operands' elements in row-major order.
fn with_slices<T: Real>(args: &[&Tensor<T>], f: impl FnOnce(&[T], &[T]) -> Vec<T>) -> Vec<T> {
    let [x, w] = [args[0], args[1]].map(Tensor::contiguous);
    f(
        x.as_slice().expect("contiguous by construction"),
        w.as_slice().expect("contiguous by construction"),
    )
}

fn convolution_vjp(family: &Family, given: Given, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
    let [x, w] = [at.args[0], at.args[1]];
    let (sizes, kernel) = (b.shape(x), b.shape(w));
    let resolved = given.resolve(sizes.rank() - 2);
    let resolved = resolved.expect("the shape rule checked the attributes");
    let mut shares = Shares::new();
    if at.wanted[0] {
        // the places that no window reaches
        let left = |axis: usize| {
            let slide = resolved.slide(axis, kernel[axis + 2]);
            let extent = slide.extent().expect("the shape rule checked the kernel");
            (sizes[axis + 2] + 2 * slide.padding - extent) % slide.stride
        };
        let left: Numbers = (0..sizes.rank() - 2).map(left).collect();
        let adjoint = (family.transposed)(given.clone(), left.as_slice().into());
        shares.push((0, b.apply(adjoint, &[ct, w])));
    }
    if at.wanted[1] {
        shares.push((1, family.kernel(b, given, [x, ct], &kernel[2..])));
    }
    shares
}

fn transposed_vjp(family: &Family, given: Given, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
    let [x, w] = [at.args[0], at.args[1]];
    let mut shares = Shares::new();
    if at.wanted[0] {
        let adjoint = b.apply((family.convolution)(given.clone()), &[ct, w]);
        // output padding may make room for more windows
        let rank = b.shape(x).rank();
        shares.push((0, b.window(adjoint, &vec![0; rank], &b.shape(x))));
    }
    if at.wanted[1] {
        shares.push((1, family.kernel(b, given, [ct, x], &b.shape(w)[2..])));
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::super::testing::counting;
    use super::*;
    use crate::op::Kind;
    use crate::op::attr::{Attr, Attribute};
    use crate::op::check::*;

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::Conv1d);
        all_derivatives_agree(Kind::Conv2d);
        all_derivatives_agree(Kind::Conv3d);
        all_derivatives_agree(Kind::ConvTranspose1d);
        all_derivatives_agree(Kind::ConvTranspose2d);
        all_derivatives_agree(Kind::ConvTranspose3d);
    }

    fn conv1d(stride: usize, padding: usize, dilation: usize, groups: usize) -> Conv1d {
        Conv1d {
            stride: stride.into(),
            padding: padding.into(),
            dilation: dilation.into(),
            groups,
        }
    }

    fn transposed(stride: usize, padding: usize, output_padding: usize) -> ConvTranspose1d {
        ConvTranspose1d {
            stride: stride.into(),
            padding: padding.into(),
            output_padding: output_padding.into(),
            dilation: 1.into(),
            groups: 1,
        }
    }

    fn row<const N: usize>(x: [f64; N]) -> Tensor<f64> {
        Tensor::from([[x]])
    }

    #[test]
    fn values() {
        let x = || row([1.0, 2.0, 3.0, 4.0]);
        let w = || row([1.0, 10.0]);
        check(conv1d(1, 0, 1, 1), &[x(), w()], row([21.0, 32.0, 43.0]));
        check(conv1d(2, 1, 1, 1), &[x(), w()], row([10.0, 32.0, 4.0]));
        check(conv1d(1, 1, 3, 1), &[x(), w()], row([30.0, 41.0, 2.0]));
        check(conv1d(1, 2, 7, 1), &[x(), w()], row([0.0]));
        check(
            transposed(2, 0, 0),
            &[row([1.0, 2.0]), row([1.0, 10.0, 100.0])],
            row([1.0, 10.0, 102.0, 20.0, 200.0]),
        );
        check(
            transposed(2, 1, 1),
            &[row([1.0, 2.0]), row([1.0, 10.0, 100.0])],
            row([10.0, 102.0, 20.0, 200.0]),
        );
        // padding that cuts all of the kernel
        check(
            transposed(1, 2, 0),
            &[row([1.0, 2.0, 3.0, 4.0, 5.0]), row([7.0])],
            row([21.0]),
        );
        check(
            transposed(1, 1, 0),
            &[row([1.0, 2.0]), row([7.0])],
            Tensor::zeros([1, 1, 0]),
        );
    }

    /// Each window against sums by hand, for all attributes at once.
    #[test]
    fn windows_in_the_plane() {
        let [stride, padding, dilation, groups] = [[2, 1], [1, 2], [1, 2], [2, 2]];
        let op = Conv2d {
            stride: stride.into(),
            padding: padding.into(),
            dilation: dilation.into(),
            groups: groups[0],
        };
        let x = counting(&[2, 4, 3, 4]);
        let w = Tensor::from_fn([6, 2, 2, 3], |k| (k % 7) as f64 - 3.0);
        let y = evaluate(&op.into(), &[x.clone(), w.clone()]);
        assert_eq!(y.shape().to_vec(), [2, 6, 2, 4]);
        let by_hand = Tensor::from_fn([2, 6, 2, 4], |at| {
            let [n, o, i, j] = [at / 48, at / 8 % 6, at / 4 % 2, at % 4];
            let mut sum = 0.0;
            for (c, k, l) in
                (0..2).flat_map(|c| (0..2).flat_map(move |k| (0..3).map(move |l| (c, k, l))))
            {
                let (row, col) = (2 * i + k, j + 2 * l);
                if (1..4).contains(&row) && (2..6).contains(&col) {
                    sum += x.at(&[n, o / 3 * 2 + c, row - 1, col - 2]) * w.at(&[o, c, k, l]);
                }
            }
            sum
        });
        assert_eq!(y, by_hand);
    }

    /// A sample gives the same alone, among a few, and among so many that a product takes them in blocks.
    #[test]
    fn samples_are_apart() {
        let w = Tensor::from_fn([2, 1, 3], |k| k as f64 - 2.0);
        let x = Tensor::from_fn([205, 2, 2], |k| (k % 13) as f64);
        let op: Op = conv1d(1, 1, 1, 2).into();
        let all = evaluate(&op, &[x.clone(), w.clone()]);
        for sample in [0, 1, 127, 128, 200, 204] {
            let one = |x: &Tensor<f64>| {
                let range = crate::tensor::Range {
                    first: sample,
                    step: 1,
                    count: 1,
                };
                x.narrow(0, range)
            };
            assert_eq!(one(&all), evaluate(&op, &[one(&x), w.clone()]));
        }
    }

    #[test]
    fn sizes() {
        check(
            conv1d(1, 0, 1, 1),
            &[Tensor::zeros([0, 2, 3]), Tensor::zeros([4, 2, 2])],
            Tensor::zeros([0, 4, 2]),
        );
        check(
            conv1d(1, 0, 1, 1),
            &[Tensor::zeros([1, 0, 3]), Tensor::zeros([4, 0, 2])],
            Tensor::zeros([1, 4, 2]),
        );
        check(
            conv1d(1, 1, 1, 1),
            &[Tensor::zeros([1, 1, 0]), row([3.0, 4.0])],
            row([0.0]),
        );
        let pull = |x: Tensor<f64>, w: Tensor<f64>, ct: Tensor<f64>| {
            let zeros = [x.clone(), w.clone()].map(|x| Tensor::zeros(x.shape()));
            check_pull(conv1d(1, 1, 1, 1), &[x, w], ct, &zeros);
        };
        pull(Tensor::zeros([1, 1, 0]), row([3.0, 4.0]), row([5.0]));
        pull(
            Tensor::zeros([0, 1, 2]),
            row([3.0, 4.0]),
            Tensor::zeros([0, 1, 3]),
        );
        pull(
            Tensor::zeros([2, 1, 2]),
            Tensor::zeros([0, 1, 2]),
            Tensor::zeros([2, 0, 3]),
        );
        let refused =
            |op: Conv1d, x: &[usize], w: &[usize], words: &str| check_refused(op, &[x, w], words);
        refused(
            conv1d(1, 0, 1, 1),
            &[2, 3],
            &[1, 1, 1],
            "conv1d takes x of rank 3",
        );
        refused(
            conv1d(1, 0, 1, 1),
            &[1, 2, 3],
            &[1, 2],
            "a kernel of the rank of x",
        );
        refused(
            conv1d(1, 0, 1, 1),
            &[1, 2, 3],
            &[1, 2, 4],
            "spans 4 places, but axis 2 has 3",
        );
        refused(
            conv1d(1, 1, 3, 1),
            &[1, 2, 4],
            &[1, 2, 3],
            "spans 7 places, but axis 2 has 4, with padding 6",
        );
        refused(
            conv1d(1, 0, 1, 1),
            &[1, 2, 3],
            &[1, 3, 1],
            "for 3 channels a group, but x [1, 2, 3] in 1 groups has 2",
        );
        refused(
            conv1d(1, 0, 1, 2),
            &[1, 3, 3],
            &[2, 1, 1],
            "the 3 channels of x [1, 3, 3] make no 2 groups",
        );
        refused(
            conv1d(1, 0, 1, 2),
            &[1, 4, 3],
            &[3, 2, 1],
            "the 3 output channels of the kernel [3, 2, 1] make no 2 groups",
        );
        refused(conv1d(1, 0, 1, 0), &[1, 4, 3], &[3, 2, 1], "groups=0");
        refused(conv1d(0, 0, 1, 1), &[1, 1, 3], &[1, 1, 1], "stride of 0");
        refused(conv1d(1, 0, 0, 1), &[1, 1, 3], &[1, 1, 1], "dilation of 0");
        refused(conv1d(1, 0, 1, 1), &[1, 1, 3], &[1, 1, 0], "no taps");
        refused(
            conv1d(1, usize::MAX / 2, 1, 1),
            &[1, 1, 3],
            &[1, 1, 1],
            "larger than memory",
        );
        let refused = |op: ConvTranspose1d, x: &[usize], w: &[usize], words: &str| {
            check_refused(op, &[x, w], words)
        };
        refused(
            transposed(2, 0, 2),
            &[1, 1, 3],
            &[1, 1, 1],
            "output_padding of 2, expected less than 2",
        );
        refused(
            transposed(2, 3, 0),
            &[1, 1, 2],
            &[1, 1, 2],
            "padding cuts 6 off the 4 places",
        );
        refused(
            transposed(2, 0, 0),
            &[1, 1, 0],
            &[1, 1, 2],
            "axis 2 of x [1, 1, 0] is empty",
        );
        refused(
            transposed(2, 0, 0),
            &[1, 2, 2],
            &[1, 1, 2],
            "for 1 channels, but x [1, 2, 2] has 2",
        );
    }

    #[test]
    fn a_number_or_one_an_axis() {
        let list = |numbers: &[f64]| Attr::List(numbers.iter().map(|&x| Attr::Number(x)).collect());
        let read = |attr: &Attr| PerAxis::read(attr).unwrap();
        assert_eq!(read(&list(&[2.0, 2.0])).write(), Attr::Number(2.0));
        assert_eq!(read(&list(&[2.0, 2.0])), read(&Attr::Number(2.0)));
        assert_eq!(read(&list(&[2.0, 1.0])).write(), list(&[2.0, 1.0]));
        assert_eq!(PerAxis::read(&list(&[-1.0])), None);
        for (stride, words) in [
            (list(&[2.0, 2.0]), "stride has 2 entries"),
            (list(&[]), "stride has 0 entries"),
        ] {
            let op = Conv1d {
                stride: read(&stride),
                ..conv1d(1, 0, 1, 1)
            };
            check_refused(op, &[&[1, 1, 3], &[1, 1, 1]], words);
        }
    }
}
