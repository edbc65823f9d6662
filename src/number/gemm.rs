//! Matrix products by the `matrixmultiply` crate, behind a bounds check.
#![allow(
    unsafe_code,
    reason = "matrixmultiply takes pointers; this module checks every index they stand for"
)]

/// A row-major result and two factors with strides in elements, (row, column), as in [`Real::gemm`](super::Real::gemm).
type Factor<'a, T> = (&'a [T], [isize; 2]);

/// Whether every element of a `rows x columns` matrix, neither of them 0, lies in `0..length`.
pub(super) fn is_inside(length: usize, [rows, columns]: [usize; 2], strides: [isize; 2]) -> bool {
    let last = |count: usize, stride: isize| (count - 1).checked_mul(usize::try_from(stride).ok()?);
    let index = last(rows, strides[0])
        .zip(last(columns, strides[1]))
        .and_then(|(row, column)| row.checked_add(column));
    index.is_some_and(|index| index < length)
}

macro_rules! checked_gemm {
    ($name:ident, $float:ty, $routine:path, $doc:literal) => {
        #[doc = $doc]
        ///
        /// False, and nothing done, if a stride is negative or an element lies outside its slice.
        pub(super) fn $name(
            [m, k, n]: [usize; 3],
            (a, a_strides): Factor<'_, $float>,
            (b, b_strides): Factor<'_, $float>,
            c: &mut [$float],
        ) -> bool {
            if m.checked_mul(n) != Some(c.len()) {
                return false;
            }
            if c.is_empty() {
                return true;
            }
            if k == 0 {
                c.fill(0.0);
                return true;
            }
            let strides = isize::try_from(n);
            let (true, true, Ok(row)) = (
                is_inside(a.len(), [m, k], a_strides),
                is_inside(b.len(), [k, n], b_strides),
                strides,
            ) else {
                return false;
            };
            // SAFETY: m, k and n are not 0 and no stride is negative, so the largest index read of `a` is
            // (m - 1) a_strides[0] + (k - 1) a_strides[1], and of `b` likewise; both were checked against the lengths.
            // The result is written at i n + j with i < m, j < n, and c.len() = m n. `c` is borrowed mutably, so it
            // overlaps neither factor.
            unsafe {
                $routine(
                    m,
                    k,
                    n,
                    1.0,
                    a.as_ptr(),
                    a_strides[0],
                    a_strides[1],
                    b.as_ptr(),
                    b_strides[0],
                    b_strides[1],
                    0.0,
                    c.as_mut_ptr(),
                    row,
                    1,
                );
            }
            true
        }
    };
}

checked_gemm!(
    single,
    f32,
    matrixmultiply::sgemm,
    "`c = a b` in single precision."
);
checked_gemm!(
    double,
    f64,
    matrixmultiply::dgemm,
    "`c = a b` in double precision."
);
