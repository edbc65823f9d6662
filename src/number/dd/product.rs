//! Sums, inner products and matrix products of many double-doubles.
//!
//! The high parts of terms are added by two-sums and all low parts beside them in `f64`, as in T. Ogita, S. M. Rump, S.
//! Oishi, "Accurate sum and dot product", SIAM J. Sci. Comput. 26 (2005), algorithm 5.3; every [`CHUNK`] terms the sum
//! becomes a double-double again, so that the error stays below CHUNK^2 u^2 of the sum of the magnitudes, 1e-29. What is
//! not finite in this way is computed once more, term by term: there a factor may have been too large to be split.
#![allow(
    unsafe_code,
    reason = "calls of functions compiled for AVX2 and FMA, after the processor was asked for both"
)]

use super::Dd;
use super::arithmetic::{fast_two_sum, product_error, two_sum};
use crate::number::gemm::is_inside;

/// The terms whose low parts are added in `f64`.
const CHUNK: usize = 32;

/// Columns that are computed side by side: two vectors of four on a processor with AVX2.
const WIDTH: usize = 8;

/// A row of [`WIDTH`] numbers, high and low parts apart.
#[derive(Clone, Copy)]
struct Row {
    hi: [f64; WIDTH],
    lo: [f64; WIDTH],
}

const ZEROS: Row = Row {
    hi: [0.0; WIDTH],
    lo: [0.0; WIDTH],
};

/// The sum of two normalised numbers, as [`Dd`]'s own; no part of it may be infinite.
#[inline(always)]
fn sum_of_two(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let (sum, error) = two_sum(a.0, b.0);
    let (low, low_error) = two_sum(a.1, b.1);
    let (sum, error) = fast_two_sum(sum, error + low);
    fast_two_sum(sum, low_error + error)
}

/// A chunk's sum as a double-double, added to the total of those before.
#[inline(always)]
fn gathered(total: (f64, f64), (hi, lo): (f64, f64)) -> (f64, f64) {
    sum_of_two(total, two_sum(hi, lo))
}

/// `sum + term`, the low parts in `f64`.
#[inline(always)]
fn with_term((hi, lo): (f64, f64), term: f64, rest: f64) -> (f64, f64) {
    let (sum, error) = two_sum(hi, term);
    (sum, lo + (error + rest))
}

/// The product of two numbers, and what it lacks.
#[inline(always)]
fn product_of_two<const FUSED: bool>(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let product = a.0 * b.0;
    let error = if FUSED {
        a.0.mul_add(b.0, -product)
    } else {
        product_error(a.0, b.0, product)
    };
    (product, error + (a.0 * b.1 + a.1 * b.0))
}

/// The double-double of two parts, if they are finite.
#[inline]
fn finite((hi, lo): (f64, f64)) -> Option<Dd> {
    (hi + lo).is_finite().then(|| Dd::new(hi, lo))
}

/// The sum; 0 of no terms.
pub(super) fn sum(terms: &[Dd]) -> Dd {
    match terms {
        [] => return Dd::ZERO,
        [x] => return *x,
        _ => {}
    }
    let mut total = (0.0, 0.0);
    for chunk in terms.chunks(CHUNK) {
        let added = |sum, x: &Dd| with_term(sum, x.hi, x.lo);
        total = gathered(total, chunk.iter().fold((0.0, 0.0), added));
    }
    let plain = || terms[1..].iter().fold(terms[0], |sum, &x| sum + x);
    // nothing but negative zeros has the sum -0
    match finite(total) {
        Some(sum) if sum.hi != 0.0 => sum,
        _ => plain(),
    }
}

/// The inner product of as many numbers as both iterators have; 0 of none.
fn inner(pairs: impl Iterator<Item = (Dd, Dd)> + Clone) -> Dd {
    let (mut total, mut chunk, mut left) = ((0.0, 0.0), (0.0, 0.0), CHUNK);
    for (a, b) in pairs.clone() {
        let (product, rest) = product_of_two::<false>((a.hi, a.lo), (b.hi, b.lo));
        chunk = with_term(chunk, product, rest);
        left -= 1;
        if left == 0 {
            total = gathered(total, chunk);
            (chunk, left) = ((0.0, 0.0), CHUNK);
        }
    }
    finite(gathered(total, chunk)).unwrap_or_else(|| plain_inner(pairs))
}

#[cold]
fn plain_inner(pairs: impl Iterator<Item = (Dd, Dd)>) -> Dd {
    pairs.fold(Dd::ZERO, |sum, (a, b)| sum + a * b)
}

/// The inner product of two slices of equal length.
pub(super) fn dot(a: &[Dd], b: &[Dd]) -> Dd {
    assert_eq!(
        a.len(),
        b.len(),
        "inner product of slices of different lengths"
    );
    inner(a.iter().copied().zip(b.iter().copied()))
}

/// A matrix: elements, and strides (row, column).
type Factor<'a> = (&'a [Dd], [usize; 2]);

/// `c = a b` for row-major `c` (m x n), as in [`Real::gemm`](crate::number::Real::gemm).
pub(super) fn gemm(
    [m, k, n]: [usize; 3],
    (a, a_strides): (&[Dd], [isize; 2]),
    (b, b_strides): (&[Dd], [isize; 2]),
    c: &mut [Dd],
) -> bool {
    if m.checked_mul(n) != Some(c.len()) {
        return false;
    }
    if c.is_empty() {
        return true;
    }
    if k == 0 {
        c.fill(Dd::ZERO);
        return true;
    }
    if !(is_inside(a.len(), [m, k], a_strides) && is_inside(b.len(), [k, n], b_strides)) {
        return false;
    }
    let forward = |strides: [isize; 2]| strides.map(|stride| stride as usize);
    let (a, b) = ((a, forward(a_strides)), (b, forward(b_strides)));
    if n < WIDTH / 2 || m == 1 && k * n < 4 * WIDTH {
        for (i, row) in c.chunks_exact_mut(n).enumerate() {
            for (j, entry) in row.iter_mut().enumerate() {
                *entry = inner(strided([i, j], k, a, b));
            }
        }
        return true;
    }
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the processor has both features
        unsafe { multiply_fused([m, k, n], a, b, c) };
        return true;
    }
    multiply::<{ cfg!(target_feature = "fma") }>([m, k, n], a, b, c);
    true
}

/// The pairs of which entry (i, j) of a product is the sum.
fn strided<'a>(
    [i, j]: [usize; 2],
    k: usize,
    (a, [a_row, a_column]): Factor<'a>,
    (b, [b_row, b_column]): Factor<'a>,
) -> impl Iterator<Item = (Dd, Dd)> + Clone + 'a {
    (0..k).map(move |l| (a[i * a_row + l * a_column], b[l * b_row + j * b_column]))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn multiply_fused(sizes: [usize; 3], a: Factor<'_>, b: Factor<'_>, c: &mut [Dd]) {
    multiply::<true>(sizes, a, b, c);
}

/// Panels of [`WIDTH`] columns of b, laid out for the inner loop, times each row of a.
#[inline(always)]
fn multiply<const FUSED: bool>([m, k, n]: [usize; 3], a: Factor<'_>, b: Factor<'_>, c: &mut [Dd]) {
    let (left, [a_row, a_column]) = a;
    let (right, [b_row, b_column]) = b;
    let mut panel = smallvec::SmallVec::<[Row; 16]>::from_elem(ZEROS, k);
    for first in (0..n).step_by(WIDTH) {
        let width = WIDTH.min(n - first);
        for (l, row) in panel.iter_mut().enumerate() {
            for j in 0..width {
                let x = right[l * b_row + (first + j) * b_column];
                (row.hi[j], row.lo[j]) = (x.hi, x.lo);
            }
        }
        for i in 0..m {
            let (mut total, mut l) = (ZEROS, 0);
            for chunk in panel.chunks(CHUNK) {
                let mut sums = ZEROS;
                for row in chunk {
                    let x = left[i * a_row + l * a_column];
                    l += 1;
                    for j in 0..WIDTH {
                        let (product, rest) =
                            product_of_two::<FUSED>((x.hi, x.lo), (row.hi[j], row.lo[j]));
                        (sums.hi[j], sums.lo[j]) =
                            with_term((sums.hi[j], sums.lo[j]), product, rest);
                    }
                }
                for j in 0..WIDTH {
                    (total.hi[j], total.lo[j]) =
                        gathered((total.hi[j], total.lo[j]), (sums.hi[j], sums.lo[j]));
                }
            }
            for j in 0..width {
                c[i * n + first + j] = finite((total.hi[j], total.lo[j]))
                    .unwrap_or_else(|| plain_inner(strided([i, first + j], k, a, b)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Number, Real};

    /// Numbers of mixed signs and sizes, of which sums cancel.
    fn number(k: usize) -> Dd {
        let bits = |k: usize| (k as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11;
        let x = (bits(k) as f64 / (1u64 << 53) as f64 - 0.5) * 10f64.powi((k % 5) as i32);
        Dd::from(x) + Dd::from(x * 1e-17 * (bits(k + 7) as f64 / (1u64 << 53) as f64))
    }

    fn magnitude(pairs: &[(Dd, Dd)]) -> f64 {
        pairs.iter().map(|(a, b)| (a.hi * b.hi).abs()).sum()
    }

    #[test]
    fn products_on_every_layout_are_those_of_sums_term_by_term() {
        for [m, k, n] in [
            [1, 1, 1],
            [2, 3, 4],
            [3, 40, 9],
            [1, 70, 17],
            [5, 2, 8],
            [4, 200, 3],
        ] {
            for (a_strides, b_strides) in [([k, 1], [n, 1]), ([1, m], [1, k]), ([k, 1], [0, 1])] {
                let a: Vec<Dd> = (0..m * k).map(number).collect();
                let b: Vec<Dd> = (0..k * n).map(|i| number(i + 1000)).collect();
                let mut found = vec![Dd::NAN; m * n];
                let signed = |strides: [usize; 2]| strides.map(|s| s as isize);
                assert!(gemm(
                    [m, k, n],
                    (&a, signed(a_strides)),
                    (&b, signed(b_strides)),
                    &mut found
                ));
                let mut split = vec![Dd::NAN; m * n];
                multiply::<false>([m, k, n], (&a, a_strides), (&b, b_strides), &mut split);
                for (at, (&found, &split)) in found.iter().zip(&split).enumerate() {
                    let pairs: Vec<(Dd, Dd)> =
                        strided([at / n, at % n], k, (&a, a_strides), (&b, b_strides)).collect();
                    let plain = plain_inner(pairs.iter().copied());
                    let (left, right): (Vec<Dd>, Vec<Dd>) = pairs.iter().copied().unzip();
                    let products: Vec<Dd> = pairs.iter().map(|&(a, b)| a * b).collect();
                    for other in [found, split, dot(&left, &right), sum(&products)] {
                        let difference = (other - plain).abs().to_f64();
                        assert!(
                            difference <= 1e-29 * magnitude(&pairs),
                            "{m} {k} {n} at {at}: {other} for {plain}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_infinite_or_not_a_number_stays_so() {
        for special in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e300, -1e300] {
            for partner in [0.0, 1.0, 1e10, f64::INFINITY] {
                let mut a: Vec<Dd> = (0..12).map(number).collect();
                let mut b: Vec<Dd> = (0..12 * 8).map(number).collect();
                a[3] = special.into();
                b[3 * 8] = partner.into();
                let mut c = vec![Dd::ZERO; 8];
                assert!(gemm([1, 12, 8], (&a, [12, 1]), (&b, [8, 1]), &mut c));
                for (j, &entry) in c.iter().enumerate() {
                    let column: Vec<Dd> = (0..12).map(|l| b[l * 8 + j]).collect();
                    let plain = plain_inner(a.iter().copied().zip(column.iter().copied()));
                    for found in [entry, dot(&a, &column)] {
                        let same = found.hi.to_bits() == plain.hi.to_bits()
                            || found.is_nan() && plain.is_nan()
                            || (found - plain).abs().to_f64() <= 1e-28 * plain.hi.abs();
                        assert!(same, "{special} {partner}: {found} for {plain}");
                    }
                }
            }
        }
        assert!(sum(&[Dd::from(-0.0), Dd::from(-0.0)]).is_sign_negative());
        assert_eq!(sum(&[Dd::INFINITY, Dd::ONE]).hi(), f64::INFINITY);
        assert!(sum(&[Dd::INFINITY, -Dd::INFINITY]).is_nan());
        assert!(dot(&[], &[]) == Dd::ZERO);
    }
}
