//! Exponentials, logarithms and hyperbolic functions.

use super::Dd;
use super::arithmetic::{exponent, two_product};
use super::constants::{
    EXP2, INVERSE_FACTORIAL, INVERSE_ODD, LN_2, LN_10, LN2_32, LOG, LOG2_E, LOG10_2_32, LOG10_E,
};

/// e^r - 1 for |r| < 0.011 by Taylor's series; the terms from the seventh on need no more than `f64`.
fn expm1_of_small(r: Dd) -> Dd {
    let c = &INVERSE_FACTORIAL;
    let tail = c[7..14].iter().rev().fold(0.0, |sum, c| sum * r.hi + c.hi);
    let (last, rest) = (c[6], tail * r.hi);
    let series = c[2..6]
        .iter()
        .rev()
        .fold(last.plus_small(rest.into()), |sum, c| {
            c.plus_product(sum, r)
        });
    let sum = r.plus_product(r * r, series);
    Dd::normalised(sum.hi, sum.lo)
}

/// 2^(steps/32) e^rest as a number in [1/2, 2) and a power of two.
fn exp_of_reduced(steps: f64, rest: Dd) -> (Dd, i32) {
    let steps = steps as i32;
    let base = EXP2[(steps & 31) as usize];
    let value = base.plus_product(base, expm1_of_small(rest));
    (Dd::normalised(value.hi, value.lo), steps >> 5)
}

/// `m r - 1` where `m.hi * r` is close to 1: 1 is taken off before anything is rounded.
fn product_minus_one(m: Dd, r: f64) -> Dd {
    let (high, high_error) = two_product(m.hi, r);
    let (low, low_error) = two_product(m.lo, r);
    Dd::from_sum(high - 1.0, high_error) + Dd::new(low, low_error)
}

impl Dd {
    /// e^x as a number in [1/2, 2) and a power of two, for |x| < 2000.
    ///
    /// x = steps ln(2)/32 + rest with |rest| <= ln(2)/64 (P. T. P. Tang, "Table-driven implementation of the
    /// exponential function", ACM TOMS 15 (1989)).
    pub(super) fn exp_parts(self) -> (Self, i32) {
        let steps = (self.hi * (32.0 * LOG2_E.hi)).round_ties_even();
        // The first difference is exact: see the constant.
        let rest = (self - steps * LN2_32.0) - LN2_32.1 * steps;
        exp_of_reduced(steps, rest)
    }

    /// e^x.
    pub(super) fn exponential(self) -> Self {
        // Outside, also for NaN, the number is the same as that of f64.
        if self.hi.abs() < 750.0 {
            let (value, power) = self.exp_parts();
            value.scale(power)
        } else {
            Self::new(self.hi.exp(), 0.0)
        }
    }

    /// 2^x: the reduction is exact.
    pub(super) fn exponential2(self) -> Self {
        if self.hi.abs() < 1100.0 {
            let steps = (self.hi * 32.0).round_ties_even();
            let (value, power) = exp_of_reduced(steps, (self - steps / 32.0) * LN_2);
            value.scale(power)
        } else {
            Self::new(self.hi.exp2(), 0.0)
        }
    }

    /// 10^x: by multiplication for small integers, of which the positive ones come out exact, else reduced like e^x.
    pub(super) fn exponential10(self) -> Self {
        if self.is_integer() && self.hi.abs() <= 45.0 {
            Self::from(10.0).integer_power(self.hi as i32)
        } else if self.hi.abs() < 330.0 {
            let steps = (self.hi * (32.0 * LN_10.hi * LOG2_E.hi)).round_ties_even();
            let rest = (self - steps * LOG10_2_32.0) - LOG10_2_32.1 * steps;
            let (value, power) = exp_of_reduced(steps, rest * LN_10);
            value.scale(power)
        } else {
            Self::new(10f64.powf(self.hi), 0.0)
        }
    }

    /// e^x - 1.
    pub(super) fn exponential_minus_one(self) -> Self {
        if self.hi == 0.0 {
            self
        } else if self.hi.abs() < 0.0108 {
            expm1_of_small(self)
        } else if self.hi < -80.0 {
            Self::from(-1.0)
        } else {
            self.exponential() - 1.0
        }
    }

    /// log(1 + z) for |z| < 0.012: 2 artanh(s) with s = z / (2 + z), by its series in s^2.
    fn log1p_of_small(self) -> Self {
        let s = self / (self + 2.0);
        let w = s * s;
        let c = &INVERSE_ODD;
        let tail = c[4..7].iter().rev().fold(0.0, |sum, c| sum * w.hi + c.hi);
        let series = c[1..3]
            .iter()
            .rev()
            .fold(c[3].plus_small((tail * w.hi).into()), |sum, c| {
                c.plus_product(sum, w)
            });
        let twice = Self::new(2.0 * s.hi, 2.0 * s.lo);
        let log = twice.plus_product(twice, w * series);
        Self::normalised(log.hi, log.lo)
    }

    /// log x of a finite positive number as (k, log m), where x = 2^k m and m is in [sqrt(1/2), sqrt(2)].
    ///
    /// log m = log1p(m r - 1) - log r with r = j / 64 near 1/m (P. T. P. Tang, "Table-driven implementation of the
    /// logarithm function", ACM TOMS 16 (1990)); near 1, r is 1 and nothing cancels.
    fn log_parts(self) -> (f64, Self) {
        let mut k = exponent(self.hi);
        let mut m = self.scale(-k);
        if m.hi > std::f64::consts::SQRT_2 {
            m = Self::new(m.hi / 2.0, m.lo / 2.0);
            k += 1;
        }
        let j = (64.0 / m.hi).round_ties_even();
        let log = if j == 64.0 {
            (m - 1.0).log1p_of_small()
        } else {
            LOG[j as usize - 45] + product_minus_one(m, j / 64.0).log1p_of_small()
        };
        (f64::from(k), log)
    }

    /// Natural logarithm.
    pub(super) fn logarithm(self) -> Self {
        if !(self.hi > 0.0 && self.hi.is_finite()) {
            return Self::new(self.hi.ln(), 0.0);
        }
        let (k, log) = self.log_parts();
        if k == 0.0 { log } else { LN_2 * k + log }
    }

    /// Logarithm to base 2, exact for powers of two.
    pub(super) fn logarithm2(self) -> Self {
        if !(self.hi > 0.0 && self.hi.is_finite()) {
            return Self::new(self.hi.log2(), 0.0);
        }
        let (k, log) = self.log_parts();
        log * LOG2_E + k
    }

    /// Logarithm to base 10, exact for powers of ten that are.
    pub(super) fn logarithm10(self) -> Self {
        let log = self.logarithm() * LOG10_E;
        let nearest = log.hi.round_ties_even();
        if (0.0..=45.0).contains(&nearest)
            && (log - nearest).hi.abs() < 1e-28
            && Self::from(10.0).integer_power(nearest as i32) == self
        {
            return nearest.into();
        }
        log
    }

    /// log(1 + x).
    pub(super) fn logarithm_of_one_plus(self) -> Self {
        if self.hi.abs() < 1e-33 {
            self
        } else if self.hi.abs() < 0.0078 {
            self.log1p_of_small()
        } else {
            (self + 1.0).logarithm()
        }
    }

    /// sinh x = (m + m / (m + 1)) / 2 with m = e^|x| - 1; e^|x| / 2 where the rest is less than a unit.
    pub(super) fn hyperbolic_sine(self) -> Self {
        let a = self.magnitude();
        let value = if a.hi < 40.0 {
            let m = a.exponential_minus_one();
            (m + m / (m + 1.0)) * 0.5
        } else {
            a.half_exponential()
        };
        value.with_sign_of(self)
    }

    /// cosh x = (e^|x| + e^-|x|) / 2.
    pub(super) fn hyperbolic_cosine(self) -> Self {
        let a = self.magnitude();
        if a.hi < 40.0 {
            let e = a.exponential();
            (e + 1.0 / e) * 0.5
        } else {
            a.half_exponential()
        }
    }

    /// e^x / 2 for x >= 40 or NaN, which overflows later than e^x.
    fn half_exponential(self) -> Self {
        if self.hi < 750.0 {
            let (value, power) = self.exp_parts();
            value.scale(power - 1)
        } else {
            Self::new(self.hi.exp(), 0.0)
        }
    }

    /// tanh x = m / (m + 2) with m = e^(2 |x|) - 1; 1 where the rest is less than a unit.
    pub(super) fn hyperbolic_tangent(self) -> Self {
        let a = self.magnitude();
        let value = if a.hi > 40.0 {
            Self::ONE
        } else {
            let m = (a + a).exponential_minus_one();
            m / (m + 2.0)
        };
        value.with_sign_of(self)
    }

    /// arsinh x = log1p(x + x^2 / (1 + sqrt(1 + x^2))) for x >= 0; log(2 x) where 1 is less than a unit of x^2.
    pub(super) fn inverse_hyperbolic_sine(self) -> Self {
        let a = self.magnitude();
        let value = if a.hi > 1e18 {
            a.logarithm() + LN_2
        } else {
            let square = a * a;
            let root = (square + 1.0).square_root();
            (a + square / (root + 1.0)).logarithm_of_one_plus()
        };
        value.with_sign_of(self)
    }

    /// arcosh x = log1p(t + sqrt(t (t + 2))) with t = x - 1; log(2 x) where 1 is less than a unit of x^2.
    pub(super) fn inverse_hyperbolic_cosine(self) -> Self {
        if self.hi > 1e18 {
            self.logarithm() + LN_2
        } else if self.hi < 0.0 {
            Self::NAN
        } else {
            let t = self - 1.0;
            (t + (t * (t + 2.0)).square_root()).logarithm_of_one_plus()
        }
    }

    /// artanh x = log1p(2 x / (1 - x)) / 2 for x >= 0.
    pub(super) fn inverse_hyperbolic_tangent(self) -> Self {
        let a = self.magnitude();
        let value = ((a + a) / (1.0 - a)).logarithm_of_one_plus() * 0.5;
        value.with_sign_of(self)
    }
}
