//! What convolutions, pools and upsampling share: tensors (N, C, spatial axes), attributes with a number for each spatial
//! axis, and windows that slide over one.

use super::attr::PerAxis;
use super::choices::Choices;
use crate::tensor::{Shape, ShapeError, shape_error};
use smallvec::SmallVec;

/// A number for each of up to three spatial axes.
pub(super) type Numbers = SmallVec<[usize; 3]>;

/// Sizes beyond this overflow in sums and differences.
const LARGEST: usize = isize::MAX as usize / 4;

impl PerAxis {
    /// The numbers for `rank` axes, none of which is below `least`.
    pub(super) fn resolve(
        &self,
        op: &str,
        name: &str,
        rank: usize,
        least: usize,
    ) -> Result<Numbers, ShapeError> {
        let numbers = self.spread(rank).map_err(|found| {
            ShapeError(format!(
                "{op}: {name} has {found} entries, expected one number or {rank}"
            ))
        })?;
        match numbers.iter().find(|&&n| n < least) {
            Some(n) => shape_error!("{op}: {name} of {n}, expected at least {least}"),
            None => Ok(numbers),
        }
    }
}

/// The spatial sizes of a tensor (N, C, and `rank` axes).
pub(super) fn spatial<'a>(op: &str, x: &'a Shape, rank: usize) -> Result<&'a [usize], ShapeError> {
    if x.rank() != rank + 2 {
        return shape_error!(
            "{op} takes x of rank {}: N, C and {rank} spatial; found shape {x}",
            rank + 2
        );
    }
    Ok(&x[2..])
}

/// On three axes, the missing ones in front.
pub(super) fn on_three(numbers: &[usize], missing: usize) -> [usize; 3] {
    let mut three = [missing; 3];
    three[3 - numbers.len()..].copy_from_slice(numbers);
    three
}

/// How a window slides along an axis.
#[derive(Clone, Copy)]
pub(super) struct Slide {
    pub(super) kernel: usize,
    pub(super) stride: usize,
    pub(super) padding: usize,
    pub(super) dilation: usize,
}

/// a b + c, if it is no size beyond all bounds.
pub(super) fn checked(a: usize, b: usize, c: usize) -> Option<usize> {
    let sum = a.checked_mul(b)?.checked_add(c)?;
    (sum <= LARGEST).then_some(sum)
}

impl Slide {
    /// The places that a window spans.
    pub(super) fn extent(self) -> Option<usize> {
        checked(self.kernel - 1, self.dilation, 1)
    }

    /// The number of windows over `n` places.
    pub(super) fn windows(self, op: &str, axis: usize, n: usize) -> Result<usize, ShapeError> {
        let Self {
            kernel,
            padding,
            dilation,
            ..
        } = self;
        let (Some(extent), Some(padded)) = (self.extent(), checked(2, padding, n)) else {
            return shape_error!(
                "{op}: a kernel of {kernel} with dilation {dilation} on {n} places with padding {padding} is larger than \
                 memory can address"
            );
        };
        if extent > padded {
            return shape_error!(
                "{op}: a kernel of {kernel} with dilation {dilation} spans {extent} places, but axis {axis} has {n}, with \
                 padding {padded}"
            );
        }
        Ok((padded - extent) / self.stride + 1)
    }
}

/// A tensor (N, C, and `rank` axes) of at most 64 elements.
pub(super) fn draw_first(from: &mut Choices<'_>, rank: usize) -> Shape {
    let samples = *from.pick(&[2, 2, 1, 3]);
    let channels = *from.pick(&[4, 2, 2, 4, 1, 3, 6]);
    let mut room = 64 / (samples * channels);
    let mut sizes = vec![samples, channels];
    let mut word = from.word() as usize;
    for axis in 0..rank {
        let last = sizes[sizes.len() - 1];
        let alike = axis > 0 && digit(&mut word, 3) == 0 && last <= room;
        // what is left for each axis: three of them on up to 32 places must not end in ones
        let most = room.min([8, 5, 4][rank - 1]);
        let size = if alike {
            last
        } else {
            1 + digit(&mut word, most)
        };
        sizes.push(size);
        room /= size;
    }
    if rank == 1 && digit(&mut word, 20) == 19 {
        sizes[0] = 0;
    }
    sizes.into()
}

/// A number below `n`, taken off a word: an axis must not use up a generator's words.
pub(super) fn digit(word: &mut usize, n: usize) -> usize {
    let digit = *word % n;
    *word /= n;
    digit
}
