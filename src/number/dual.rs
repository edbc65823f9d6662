//! Dual numbers: a value and its derivative along one direction, carried through every formula.
//!
//! `Dual` is the crate's forward mode. Its derivatives are written here a second time, by hand and on purpose: an
//! evaluation on dual numbers judges the rules of the operation table and of reverse mode without sharing a line with
//! them. Dual numbers nest (`Dual<Dual<f64>>` carries second derivatives).
//!
//! A tangent of exactly zero contributes zero even where a partial derivative is infinite (strong zero).

use super::functions::unary_functions;
use super::{Number, Real};
use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// `value + tangent e` with `e^2 = 0`.
#[derive(Clone, Copy, Debug)]
pub struct Dual<T> {
    /// The value.
    pub value: T,
    /// The derivative of the value along the direction chosen.
    pub tangent: T,
}

impl<T: Real> Dual<T> {
    /// A number that moves: tangent 1.
    pub fn variable(value: T) -> Self {
        Self {
            value,
            tangent: T::of(1.0),
        }
    }

    /// A number that does not move: tangent 0.
    pub fn constant(value: T) -> Self {
        Self {
            value,
            tangent: T::of(0.0),
        }
    }

    /// The function value `value`, whose partial derivative by `self` is `partial`.
    fn chain(self, value: T, partial: T) -> Self {
        Self {
            value,
            tangent: self.tangent.strong_mul(partial),
        }
    }

    /// The same for two arguments.
    fn chain2(self, other: Self, value: T, partials: [T; 2]) -> Self {
        let tangent = self.tangent.strong_mul(partials[0]) + other.tangent.strong_mul(partials[1]);
        Self { value, tangent }
    }

    /// The partial derivative of the unary function `name` at `x`, whose value there is `y`.
    fn derivative(name: Unary, x: T, y: T) -> T {
        let c = T::of;
        let one = c(1.0);
        match name {
            Unary::abs => x.sign(),
            Unary::sign | Unary::floor | Unary::ceil | Unary::round | Unary::trunc => c(0.0),
            Unary::sqrt => c(0.5) / y,
            Unary::cbrt => one / (c(3.0) * y * y),
            Unary::exp => y,
            Unary::exp2 => y * T::ln_2(),
            Unary::exp10 => y * T::ln_10(),
            Unary::expm1 => x.exp(),
            Unary::log => one / x,
            Unary::log2 => one / (x * T::ln_2()),
            Unary::log10 => one / (x * T::ln_10()),
            Unary::log1p => one / (one + x),
            Unary::sin => x.cos(),
            Unary::cos => -x.sin(),
            Unary::tan => {
                let s = one / x.cos();
                s * s
            }
            Unary::asin => one / ((one - x) * (one + x)).sqrt(),
            Unary::acos => -one / ((one - x) * (one + x)).sqrt(),
            Unary::atan => one / (one + x * x),
            Unary::sinh => x.cosh(),
            Unary::cosh => x.sinh(),
            // 1 / cosh^2, which does not overflow in this form, nor do its own derivatives
            Unary::tanh => {
                let u = x + x;
                c(4.0) * (u.sigmoid() * (-u).sigmoid())
            }
            Unary::asinh => one / one.hypot(x),
            Unary::acosh => one / ((x - one).sqrt() * (x + one).sqrt()),
            Unary::atanh => one / ((one - x) * (one + x)),
            Unary::sinc => sinc_derivative(x, y),
            Unary::erf => c(2.0) / T::pi().sqrt() * gauss(x),
            Unary::erfc => c(-2.0) / T::pi().sqrt() * gauss(x),
            Unary::erfinv => erfinv_derivative(x, y),
            Unary::lgamma => x.polygamma(0),
            Unary::normal_cdf => normal_density(x),
            Unary::log_normal_cdf => log_normal_cdf_derivative(x),
            Unary::sigmoid => y * (-x).sigmoid(),
        }
    }
}

/// exp(-x^2) without the error that rounding x^2 would put into the exponent: x is split into a short part, whose square
/// is exact, and the rest.
fn gauss<T: Number>(x: T) -> T {
    let h = (x * T::of(16.0)).round() * T::of(0.0625);
    let split = (-(h * h)).exp() * (-((x - h) * (x + h))).exp();
    x.abs().gt(T::of(40.0)).select(T::of(0.0), split)
}

/// e^(-x^2/2) / sqrt(2 pi), with the split of [`gauss`].
fn normal_density<T: Number>(x: T) -> T {
    let c = T::of;
    let h = (x * c(8.0)).round() * c(0.125);
    let split = (h * h * c(-0.5)).exp() * ((h - x) * (x + h) * c(0.5)).exp();
    let density = split / (T::pi() + T::pi()).sqrt();
    x.abs().gt(c(60.0)).select(c(0.0), density)
}

/// The density over the distribution function, on the left through the scaled function, of which nothing vanishes; far
/// left, where that runs into underflow when it is differentiated, -x - 1/x up to 2/x^3.
fn log_normal_cdf_derivative<T: Number>(x: T) -> T {
    let c = T::of;
    let far = -x - c(1.0) / x;
    let scaled = (-x * c(0.5).sqrt()).ierfcx(0);
    let left = c(1.0) / ((T::pi() * c(0.5)).sqrt() * scaled);
    let right = normal_density(x) / x.normal_cdf();
    let near = x.gt(c(0.0)).select(right, left);
    c(-1e9).gt(x).select(far, near)
}

/// sqrt(pi)/2 e^(y^2). Towards the ends a rounding of y would count 2 y^2 times: there e^(y^2) is the scaled complementary
/// error function over the plain one, which is 1 - |x|.
fn erfinv_derivative<T: Number>(x: T, y: T) -> T {
    let c = T::of;
    let complement = c(1.0) - x.abs();
    let outer = y.abs().ierfcx(0) / complement;
    let outer = complement.equals(c(0.0)).select(c(f64::INFINITY), outer);
    let inner = c(1.0) / gauss(y);
    c(0.5) * T::pi().sqrt() * x.abs().gt(c(0.5)).select(outer, inner)
}

/// (cos(pi x) - sinc(x)) / x, by its power series where the difference would cancel.
fn sinc_derivative<T: Number>(x: T, y: T) -> T {
    let t = {
        let p = T::pi() * x;
        p * p
    };
    // sum over k >= 1 of (-1)^k t^(k-1) 2k / (2k+1)!, times pi^2 x, by the ratios -t / (4 k^2 + 6 k) of its terms, whose
    // denominators are exact: the twenty-third is below 1e-40 of the sum for t < 3
    let series = (1..23).rev().fold(T::of(1.0), |sum, k| {
        let k = f64::from(k);
        T::of(1.0) - t * sum / T::of(4.0 * k * k + 6.0 * k)
    });
    let series = -(series * T::pi() * T::pi() * x / T::of(3.0));
    let r = x - T::of(2.0) * (x * T::of(0.5)).round();
    let closed = ((T::pi() * r).cos() - y) / x;
    x.abs().gt(T::of(0.5)).select(closed, series)
}

impl<T: Real> Add for Dual<T> {
    type Output = Self;
    fn add(self, b: Self) -> Self {
        Self {
            value: self.value + b.value,
            tangent: self.tangent + b.tangent,
        }
    }
}

impl<T: Real> Sub for Dual<T> {
    type Output = Self;
    fn sub(self, b: Self) -> Self {
        Self {
            value: self.value - b.value,
            tangent: self.tangent - b.tangent,
        }
    }
}

impl<T: Real> Mul for Dual<T> {
    type Output = Self;
    fn mul(self, b: Self) -> Self {
        self.chain2(b, self.value * b.value, [b.value, self.value])
    }
}

impl<T: Real> Div for Dual<T> {
    type Output = Self;
    fn div(self, b: Self) -> Self {
        let value = self.value / b.value;
        self.chain2(b, value, [T::of(1.0) / b.value, -value / b.value])
    }
}

impl<T: Real> Neg for Dual<T> {
    type Output = Self;
    fn neg(self) -> Self {
        Self {
            value: -self.value,
            tangent: -self.tangent,
        }
    }
}

impl<T: Real> PartialEq for Dual<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Real> PartialOrd for Dual<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

macro_rules! unary {
    ($($name:ident $row:ident),*) => {
        /// The unary functions by name, for [`Dual::derivative`].
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy)]
        enum Unary { $($name),* }

        impl<T: Real> Number for Dual<T> {
            $(fn $name(self) -> Self {
                let y = self.value.$name();
                self.chain(y, Self::derivative(Unary::$name, self.value, y))
            })*

            fn of(x: f64) -> Self {
                Self::constant(T::of(x))
            }
            fn pi() -> Self {
                Self::constant(T::pi())
            }
            fn ln_2() -> Self {
                Self::constant(T::ln_2())
            }
            fn ln_10() -> Self {
                Self::constant(T::ln_10())
            }
            fn gt(self, b: Self) -> Self {
                Self::constant(self.value.gt(b.value))
            }
            fn ge(self, b: Self) -> Self {
                Self::constant(self.value.ge(b.value))
            }
            fn equals(self, b: Self) -> Self {
                Self::constant(self.value.equals(b.value))
            }
            fn select(self, yes: Self, no: Self) -> Self {
                if self.value == T::of(0.0) { no } else { yes }
            }
            fn strong_mul(self, b: Self) -> Self {
                // strong in this factor in both terms: it stands for an adjoint, and `b` may be infinite or NaN
                let tangent = self.tangent.strong_mul(b.value) + self.value.strong_mul(b.tangent);
                Self {
                    value: self.value.strong_mul(b.value),
                    tangent,
                }
            }
            fn powi(self, n: i32) -> Self {
                let partial = match n {
                    0 => T::of(0.0),
                    _ => T::of(f64::from(n)) * self.value.powi(n - 1),
                };
                self.chain(self.value.powi(n), partial)
            }
            fn polygamma(self, n: i32) -> Self {
                self.chain(self.value.polygamma(n), self.value.polygamma(n.saturating_add(1)))
            }
            fn ierfcx(self, n: i32) -> Self {
                let next = n.saturating_add(1);
                self.chain(self.value.ierfcx(n), T::of(-2.0 * f64::from(next)) * self.value.ierfcx(next))
            }
            fn bessel_i(self, n: i32) -> Self {
                let of = |n: i32| self.value.bessel_i(n);
                let partial = match n {
                    0 => of(1),
                    _ => T::of(0.5) * of(n.saturating_sub(1)) + T::of(0.5) * of(n.saturating_add(1)),
                };
                self.chain(of(n), partial)
            }
            fn pow(self, b: Self) -> Self {
                let (x, y) = (self.value, b.value);
                let value = x.pow(y);
                let zero = x.equals(T::of(0.0)) * y.gt(T::of(0.0));
                let by_exponent = zero.select(T::of(0.0), value.strong_mul(x.log()));
                self.chain2(b, value, [y.strong_mul(x.pow(y - T::of(1.0))), by_exponent])
            }
            fn atan2(self, b: Self) -> Self {
                let (y, x) = (self.value, b.value);
                let r = y.hypot(x);
                let partial = |v: T| r.equals(T::of(0.0)).select(T::of(0.0), v / r / r);
                self.chain2(b, y.atan2(x), [partial(x), partial(-y)])
            }
            fn hypot(self, b: Self) -> Self {
                let r = self.value.hypot(b.value);
                let partial = |v: T| r.equals(T::of(0.0)).select(T::of(0.0), v / r);
                self.chain2(b, r, [partial(self.value), partial(b.value)])
            }
            fn max(self, b: Self) -> Self {
                let (x, y) = (self.value, b.value);
                let tie = x.equals(y) * T::of(0.5);
                self.chain2(b, x.max(y), [x.gt(y) + tie, y.gt(x) + tie])
            }
            fn min(self, b: Self) -> Self {
                let (x, y) = (self.value, b.value);
                let tie = x.equals(y) * T::of(0.5);
                self.chain2(b, x.min(y), [y.gt(x) + tie, x.gt(y) + tie])
            }
            fn copysign(self, b: Self) -> Self {
                let flip = T::of(1.0).copysign(b.value) * self.value.sign();
                self.chain(self.value.copysign(b.value), flip)
            }
            fn fmod(self, b: Self) -> Self {
                let r = self.value.fmod(b.value);
                self.chain2(b, r, [T::of(1.0), -((self.value - r) / b.value).round()])
            }
            fn remainder(self, b: Self) -> Self {
                let r = self.value.remainder(b.value);
                self.chain2(b, r, [T::of(1.0), -((self.value - r) / b.value).round()])
            }
            fn fma(self, b: Self, c: Self) -> Self {
                let product = self * b;
                Self { value: self.value.fma(b.value, c.value), tangent: product.tangent + c.tangent }
            }
        }
    };
}
unary_functions!(unary);

impl<T: Real> Real for Dual<T> {
    fn to_f64(self) -> f64 {
        self.value.to_f64()
    }

    fn detach(self) -> Self {
        Self::constant(self.value.detach())
    }

    fn equal_share(ties: &[Self]) -> Self {
        let column = |part: fn(&Self) -> T| ties.iter().map(part).collect::<Vec<T>>();
        let value = T::equal_share(&column(|d| d.value));
        let tangent = T::sum(&column(|d| d.tangent)) / T::of(ties.len() as f64);
        Self { value, tangent }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slope(f: impl Fn(Dual<f64>) -> Dual<f64>, x: f64) -> f64 {
        f(Dual::variable(x)).tangent
    }

    #[test]
    fn conventions_where_the_derivative_is_a_choice() {
        assert_eq!(slope(|x| x.abs(), 0.0), 0.0);
        assert_eq!(slope(|x| x.max(Dual::of(1.0)), 1.0), 0.5);
        assert_eq!(slope(|x| x.hypot(Dual::of(0.0)), 0.0), 0.0);
        assert_eq!(slope(|x| x.pow(Dual::of(0.0)), 0.0), 0.0);
        assert_eq!(slope(|y| Dual::of(0.0).pow(y), 2.0), 0.0);
        assert!(slope(|y| Dual::of(-2.0).pow(y), 2.0).is_nan());
        assert_eq!(slope(|x| x.sqrt(), 0.0), f64::INFINITY);
        assert_eq!(
            slope(|x| (x * Dual::of(0.0)).sqrt(), 1.0),
            0.0,
            "a zero tangent stays zero"
        );
        assert_eq!(slope(|b| Dual::of(7.5).fmod(b), -2.0), 3.0);
        assert_eq!(slope(|b| Dual::of(7.5).remainder(b), -2.0), 4.0);
    }

    #[test]
    fn second_derivatives_by_nesting() {
        let x = Dual {
            value: Dual::variable(0.7),
            tangent: Dual::constant(1.0),
        };
        let y = x.sin() * x;
        let expected = 2.0 * 0.7f64.cos() - 0.7 * 0.7f64.sin();
        assert!((y.tangent.tangent - expected).abs() < 1e-15);
    }

    #[test]
    fn sinc_derivative_joins_its_two_branches() {
        for x in [0.0, 1e-9, 0.1, 0.499_999, 0.500_001, 1.0, -2.5, 100.25] {
            let h = 1e-5;
            let difference = ((x + h).sinc() - (x - h).sinc()) / (2.0 * h);
            assert!((slope(|x| x.sinc(), x) - difference).abs() < 1e-9, "at {x}");
        }
    }
}
