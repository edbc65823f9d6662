//! The pointwise operations, one row each: doc, name, formula, partial derivatives, kinks, domain.
//!
//! ```text
//! /// What it is, and its convention where the derivative is a choice.
//! Row name(operands; attributes = default) = value, d(y) [a partial derivative an operand], kinks [..], on [..];
//! ```
//!
//! - Formulas are written over [`Term`](crate::number::Term), so they run on every number and record themselves. `y` is
//!   the value. A branch is `condition.select(yes, no)` with comparisons that give 1 or 0.
//! - Dual numbers and the scalar tape differentiate the *value* formula, so at a kink it must take the branch that the
//!   convention names, and it must not overflow where its derivative does not.
//! - `kinks` are expressions in plain `f64`, zero exactly where the function is not smooth, and growing with the distance.
//!   A periodic function has the distance at which it turns, beyond which no difference of values says anything.
//!   `on` names the interval of each operand, all real numbers where it is missing; its borders count as kinks.
//!
//! Everything else (methods, docs, generator, exporters, tests, `secant ops`) is derived from the row.

use crate::number::{Number, Term};

/// Hands all rows to the macro `$then`.
macro_rules! pointwise_table {
    ($then:ident) => {
        $then! {
            /// -x.
            Neg neg(x) = -x, d(y) [-1.0];
            /// |x|; derivative 0 at 0.
            Abs abs(x) = x.abs(), d(y) [x.sign()], kinks [x];
            /// -1, 0 or 1; derivative 0.
            Sign sign(x) = x.sign(), d(y) [0.0], kinks [x];
            /// x^2.
            Square square(x) = x * x, d(y) [2.0 * x];
            /// x^3.
            Cube cube(x) = x * x * x, d(y) [3.0 * x * x];
            /// 1 / x.
            Recip recip(x) = 1.0 / x, d(y) [-(y * y)], kinks [x];
            /// Square root; derivative infinite at 0.
            Sqrt sqrt(x) = x.sqrt(), d(y) [0.5 / y], on [POSITIVE];
            /// 1 / sqrt(x).
            Rsqrt rsqrt(x) = 1.0 / x.sqrt(), d(y) [-0.5 * y / x], on [POSITIVE];
            /// Cube root, also of negative numbers; derivative infinite at 0.
            Cbrt cbrt(x) = x.cbrt(), d(y) [1.0 / (3.0 * y * y)], kinks [x];
            /// e^x.
            Exp exp(x) = x.exp(), d(y) [y];
            /// 2^x.
            Exp2 exp2(x) = x.exp2(), d(y) [y * Term::ln_2()];
            /// 10^x.
            Exp10 exp10(x) = x.exp10(), d(y) [y * Term::ln_10()];
            /// e^x - 1, without cancellation near 0.
            Expm1 expm1(x) = x.expm1(), d(y) [x.exp()];
            /// Natural logarithm; derivative infinite at 0.
            Log log(x) = x.log(), d(y) [1.0 / x], on [POSITIVE];
            /// Logarithm to base 2; derivative infinite at 0.
            Log2 log2(x) = x.log2(), d(y) [1.0 / (x * Term::ln_2())], on [POSITIVE];
            /// Logarithm to base 10; derivative infinite at 0.
            Log10 log10(x) = x.log10(), d(y) [1.0 / (x * Term::ln_10())], on [POSITIVE];
            /// log(1 + x), without cancellation near 0.
            Log1p log1p(x) = x.log1p(), d(y) [1.0 / (1.0 + x)], on [(-1.0, f64::INFINITY)];
            /// Sine of an angle in radians.
            Sin sin(x) = x.sin(), d(y) [x.cos()], kinks [TURN];
            /// Cosine of an angle in radians.
            Cos cos(x) = x.cos(), d(y) [-x.sin()], kinks [TURN];
            /// Tangent of an angle in radians.
            Tan tan(x) = x.tan(), d(y) [1.0 + y * y], kinks [x.cos()];
            /// Arc sine, in [-pi/2, pi/2].
            Asin asin(x) = x.asin(), d(y) [1.0 / ((1.0 - x) * (1.0 + x)).sqrt()], on [CENTRAL];
            /// Arc cosine, in [0, pi].
            Acos acos(x) = x.acos(), d(y) [-1.0 / ((1.0 - x) * (1.0 + x)).sqrt()], on [CENTRAL];
            /// Arc tangent, in [-pi/2, pi/2].
            Atan atan(x) = x.atan(), d(y) [1.0 / (1.0 + x * x)];
            /// Hyperbolic sine.
            Sinh sinh(x) = x.sinh(), d(y) [x.cosh()];
            /// Hyperbolic cosine.
            Cosh cosh(x) = x.cosh(), d(y) [x.sinh()];
            /// Hyperbolic tangent. (1 - y^2 would cancel at saturation, and cosh(x) overflow.)
            Tanh tanh(x) = x.tanh(), d(y) [4.0 * ((2.0 * x).sigmoid() * (-2.0 * x).sigmoid())];
            /// Inverse hyperbolic sine.
            Asinh asinh(x) = x.asinh(), d(y) [1.0 / x.hypot(1.0)];
            /// Inverse hyperbolic cosine.
            Acosh acosh(x) = x.acosh(), d(y) [1.0 / ((x - 1.0).sqrt() * (x + 1.0).sqrt())], on [(1.0, f64::INFINITY)];
            /// Inverse hyperbolic tangent.
            Atanh atanh(x) = x.atanh(), d(y) [1.0 / ((1.0 - x) * (1.0 + x))], on [CENTRAL];
            /// sin(pi x) / (pi x), 1 at 0.
            Sinc sinc(x) = x.sinc(), d(y) [sinc_slope(x, y)], kinks [TURN];
            /// 1 / (1 + e^-x).
            Sigmoid sigmoid(x) = x.sigmoid(), d(y) [y * (-x).sigmoid()];
            /// log(sigmoid(x)).
            LogSigmoid log_sigmoid(x) = -softplus(-x), d(y) [(-x).sigmoid()];
            /// log(x / (1 - x)).
            Logit logit(x) = logit(x), d(y) [1.0 / (x * (1.0 - x))], on [UNIT];
            /// log(1 + e^x).
            Softplus softplus(x) = softplus(x), d(y) [x.sigmoid()];
            /// x / (1 + |x|).
            Softsign softsign(x) = x / (1.0 + x.abs()), d(y) [1.0 / ((1.0 + x.abs()) * (1.0 + x.abs()))], kinks [x];
            /// max(x, 0); derivative 0 at 0.
            Relu relu(x) = (-x).ge(0.0).select(0.0, x), d(y) [x.gt(0.0)], kinks [x];
            /// min(max(x, 0), 6); derivative 0 at 0 and at 6.
            Relu6 relu6(x) = clip(x, 0.0, 6.0), d(y) [inside(x, 0.0, 6.0)], kinks [x, x - 6.0];
            /// x, or slope x for negative x; derivative slope at 0.
            LeakyRelu leaky_relu(x; slope = 0.01) = x.gt(0.0).select(x, slope * x),
                d(y) [x.gt(0.0).select(1.0, slope)], kinks [x];
            /// x, or alpha (e^x - 1) for negative x; derivative alpha at 0.
            Elu elu(x; alpha = 1.0) = x.gt(0.0).select(x, alpha * x.expm1()),
                d(y) [x.gt(0.0).select(1.0, alpha * x.exp())], kinks [x];
            /// scale x, or scale alpha (e^x - 1) for negative x (Klambauer et al. 2017); derivative scale alpha at 0.
            Selu selu(x) = SELU_SCALE * x.gt(0.0).select(x, SELU_ALPHA * x.expm1()),
                d(y) [SELU_SCALE * x.gt(0.0).select(1.0, SELU_ALPHA * x.exp())], kinks [x];
            /// x, or alpha (e^(x / alpha) - 1) for negative x; derivative 1 at 0.
            Celu celu(x; alpha = 1.0) = x.gt(0.0).select(x, alpha * (x / alpha).expm1()),
                d(y) [x.gt(0.0).select(1.0, (x / alpha).exp())], kinks [x];
            /// x times the standard normal distribution function.
            Gelu gelu(x) = x.strong_mul(x.normal_cdf()), d(y) [x.normal_cdf() + x.strong_mul(normal_density(x))];
            /// The approximation of gelu by tanh(sqrt(2/pi) (x + 0.044715 x^3)).
            GeluTanh gelu_tanh(x) = x * gelu_gate(x), d(y) [gelu_gate(x) + x.strong_mul(gelu_gate_slope(x))];
            /// x sigmoid(x).
            Silu silu(x) = x.gt(FAR_LEFT).select(x * x.sigmoid(), times_exp(x, x)),
                d(y) [x.gt(FAR_LEFT).select(x.sigmoid() * (1.0 + x.strong_mul((-x).sigmoid())), times_exp(1.0 + x, x))];
            /// x tanh(softplus(x)).
            Mish mish(x) = x.gt(FAR_LEFT).select(x * mish_gate(x), times_exp(x, x)),
                d(y) [x.gt(FAR_LEFT).select(mish_gate(x) + x.strong_mul(mish_gate_slope(x)), times_exp(1.0 + x, x))];
            /// min(max(x, -1), 1); derivative 0 at -1 and at 1.
            HardTanh hard_tanh(x) = clip(x, -1.0, 1.0), d(y) [inside(x, -1.0, 1.0)], kinks [x + 1.0, x - 1.0];
            /// min(max(x + 3, 0), 6) / 6; derivative 0 at -3 and at 3.
            HardSigmoid hard_sigmoid(x) = clip(x + 3.0, 0.0, 6.0) / 6.0, d(y) [inside(x, -3.0, 3.0) / 6.0],
                kinks [x + 3.0, x - 3.0];
            /// x hard_sigmoid(x); derivative 0 at -3, 1 at 3.
            HardSwish hard_swish(x) = (3.0 - x).gt(0.0).select(x * clip(x + 3.0, 0.0, 6.0) / 6.0, x),
                d(y) [x.ge(3.0).select(1.0, x.gt(-3.0).select((2.0 * x + 3.0) / 6.0, 0.0))], kinks [x + 3.0, x - 3.0];
            /// The error function.
            Erf erf(x) = x.erf(), d(y) [2.0 / Term::pi().sqrt() * gauss(x, 1.0)];
            /// 1 - erf(x), without cancellation.
            Erfc erfc(x) = x.erfc(), d(y) [-2.0 / Term::pi().sqrt() * gauss(x, 1.0)];
            /// e^(x^2) erfc(x), which falls like 1 / (x sqrt(pi)).
            Erfcx erfcx(x) = x.ierfcx(0), d(y) [-2.0 * x.ierfcx(1)];
            /// e^(x^2) times the n-th integral of erfc from x to infinity, n from 0 to 1000 (NaN beyond): what the
            /// derivatives of erfcx are made of.
            Ierfcx ierfcx(x; n) = x.ierfcx(n as i32), d(y) [-2.0 * (n + 1.0) * x.ierfcx((n + 1.0) as i32)];
            /// The inverse of erf on [-1, 1]; infinite at the ends, NaN beyond.
            Erfinv erfinv(x) = x.erfinv(), d(y) [erfinv_slope(x, y)], on [CENTRAL];
            /// The standard normal distribution function, erfc(-x / sqrt(2)) / 2.
            NormalCdf normal_cdf(x) = x.normal_cdf(), d(y) [normal_density(x)];
            /// log(normal_cdf(x)), which falls like -x^2 / 2.
            LogNormalCdf log_normal_cdf(x) = x.log_normal_cdf(), d(y) [log_normal_cdf_slope(x)];
            /// log |Gamma(x)|; infinite at 0, -1, -2, ..
            Lgamma lgamma(x) = x.lgamma(), d(y) [x.polygamma(0)], kinks [to_pole(x)];
            /// The derivative of lgamma; at 0 infinite with the sign of -x, at the negative integers NaN.
            Digamma digamma(x) = x.polygamma(0), d(y) [x.polygamma(1)], kinks [to_pole(x)];
            /// The derivative of digamma; infinite at 0, -1, -2, ..
            Trigamma trigamma(x) = x.polygamma(1), d(y) [x.polygamma(2)], kinks [to_pole(x)];
            /// The n-th derivative of digamma, n from 0 to 1000 (NaN beyond); at the poles as digamma for an even n, as
            /// trigamma for an odd one.
            Polygamma polygamma(x; n) = x.polygamma(n as i32), d(y) [x.polygamma((n + 1.0) as i32)], kinks [to_pole(x)];
            /// The modified Bessel function of the first kind I_0(x).
            BesselI0 bessel_i0(x) = x.bessel_i(0), d(y) [x.bessel_i(1)];
            /// The modified Bessel function of the first kind I_1(x).
            BesselI1 bessel_i1(x) = x.bessel_i(1), d(y) [0.5 * x.bessel_i(0) + 0.5 * x.bessel_i(2)];
            /// The modified Bessel function of the first kind I_n(x), n from 0 to 1000 (NaN beyond).
            BesselI bessel_i(x; n) = x.bessel_i(n as i32), d(y) [bessel_slope(x, n)];
            /// x log(x), 0 at 0; derivative -inf at 0.
            Xlogx xlogx(x) = x.strong_mul(x.log()), d(y) [x.log() + 1.0], on [POSITIVE];
            /// x to a constant power.
            Powc powc(x; exponent) = x.pow(exponent), d(y) [power_slope(x, exponent)],
                kinks [if exponent == exponent.trunc() && exponent >= 0.0 { f64::INFINITY } else { x }];
            /// x to a constant integer power.
            Powi powi(x; n) = x.powi(n as i32), d(y) [integer_power_slope(x, n)],
                kinks [if n >= 0.0 { f64::INFINITY } else { x }];
            /// min(max(x, lo), hi); derivative 1 at a bound.
            Clamp clamp(x; lo, hi) = lo_hi(x, lo, hi), d(y) [x.ge(lo) * Term::<N>::from(hi).ge(x)], kinks [x - lo, x - hi];
            /// An angle in radians, given in degrees: x pi / 180.
            Deg2rad deg2rad(x) = x * (Term::pi() / 180.0), d(y) [Term::pi() / 180.0];
            /// The largest integer not above x; derivative 0.
            Floor floor(x) = x.floor(), d(y) [0.0], kinks [x - x.round()];
            /// The smallest integer not below x; derivative 0.
            Ceil ceil(x) = x.ceil(), d(y) [0.0], kinks [x - x.round()];
            /// The nearest integer, halves to even; derivative 0.
            Round round(x) = x.round(), d(y) [0.0], kinks [x - x.floor() - 0.5];
            /// The integer part, towards 0; derivative 0.
            Trunc trunc(x) = x.trunc(), d(y) [0.0], kinks [x - x.round()];

            /// x + z.
            Add add(x, z) = x + z, d(y) [1.0, 1.0];
            /// x - z.
            Sub sub(x, z) = x - z, d(y) [1.0, -1.0];
            /// x z.
            Mul mul(x, z) = x * z, d(y) [z, x];
            /// x / z.
            Div div(x, z) = x / z, d(y) [1.0 / z, -y / z], kinks [z];
            /// x^z. By x: 0 at z = 0; by z: 0 at x = 0 < z, NaN for x < 0.
            Pow pow(x, z) = x.pow(z), d(y) [z.strong_mul(x.pow(z - 1.0)), (x.equals(0.0) * z.gt(0.0)).select(0.0, y.strong_mul(x.log()))],
                kinks [if x < 0.0 { z - z.round() } else { f64::INFINITY }], on [POSITIVE, REAL];
            /// The angle of the point (z, x), that is atan(x / z) in the right quadrant; derivatives 0 at the origin.
            Atan2 atan2(x, z) = x.atan2(z), d(y) [over_square(z, x, z), over_square(-x, x, z)],
                kinks [if z < 0.0 { x } else { x.hypot(z) }];
            /// sqrt(x^2 + z^2) without early overflow; derivatives 0 at the origin.
            Hypot hypot(x, z) = x.hypot(z), d(y) [or_zero(x, y), or_zero(z, y)], kinks [x.hypot(z)];
            /// log(e^x + e^z).
            Logaddexp logaddexp(x, z) = logaddexp(x, z), d(y) [weight(x, z), weight(z, x)];
            /// The larger of two; half each at a tie.
            Max max(x, z) = x.max(z), d(y) [x.gt(z) + 0.5 * x.equals(z), z.gt(x) + 0.5 * x.equals(z)],
                kinks [(x - z) / 2.0];
            /// The smaller of two; half each at a tie.
            Min min(x, z) = x.min(z), d(y) [z.gt(x) + 0.5 * x.equals(z), x.gt(z) + 0.5 * x.equals(z)],
                kinks [(x - z) / 2.0];
            /// x log(z), 0 where x is 0.
            Xlogy xlogy(x, z) = z.equals(z).select(x.strong_mul(z.log()), z), d(y) [z.log(), x.strong_mul(1.0 / z)],
                on [REAL, POSITIVE];
            /// x log(1 + z), 0 where x is 0.
            Xlog1py xlog1py(x, z) = z.equals(z).select(x.strong_mul(z.log1p()), z),
                d(y) [z.log1p(), x.strong_mul(1.0 / (1.0 + z))], on [REAL, (-1.0, f64::INFINITY)];
            /// |x| with the sign of z; by x: sign(x) sign(z), by z: 0.
            Copysign copysign(x, z) = x.copysign(z), d(y) [x.sign() * Term::<N>::from(1.0).copysign(z), 0.0], kinks [x, z];
            /// The remainder of C's fmod, with the sign of x; by z: -trunc(x / z).
            Fmod fmod(x, z) = x.fmod(z), d(y) [1.0, -((x - y) / z).round()], kinks [wrap(x, z), z];
            /// The remainder of Python's %, with the sign of z; by z: -floor(x / z).
            Remainder remainder(x, z) = x.remainder(z), d(y) [1.0, -((x - y) / z).round()], kinks [wrap(x, z), z];
            /// 1 where x > z, else 0; derivative 0.
            Gt gt(x, z) = x.gt(z), d(y) [0.0, 0.0], kinks [(x - z) / 2.0];
            /// 1 where x >= z, else 0; derivative 0.
            Ge ge(x, z) = x.ge(z), d(y) [0.0, 0.0], kinks [(x - z) / 2.0];
            /// 1 where x < z, else 0; derivative 0.
            Lt lt(x, z) = z.gt(x), d(y) [0.0, 0.0], kinks [(x - z) / 2.0];
            /// 1 where x <= z, else 0; derivative 0.
            Le le(x, z) = z.ge(x), d(y) [0.0, 0.0], kinks [(x - z) / 2.0];
            /// 1 where x = z, else 0; derivative 0.
            Eq eq(x, z) = x.equals(z), d(y) [0.0, 0.0], kinks [(x - z) / 2.0];
            /// 1 where x and z differ, else 0; derivative 0.
            Ne ne(x, z) = 1.0 - x.equals(z), d(y) [0.0, 0.0], kinks [(x - z) / 2.0];
            /// x z, but 0 where x is 0, whatever z is: how a cotangent meets a partial derivative.
            StrongMul strong_mul(x, z) = x.strong_mul(z), d(y) [z, x];

            /// a where the condition is not zero (NaN is not), else b.
            Where where_(c, a, b) = c.select(a, b), d(y) [0.0, c.select(1.0, 0.0), c.select(0.0, 1.0)], kinks [c];
            /// a b + c.
            Fma fma(a, b, c) = a.fma(b, c), d(y) [b, a, 1.0];
            /// a + t (b - a).
            Lerp lerp(a, b, t) = a + t * (b - a), d(y) [1.0 - t, t, b - a];
        }
    };
}
pub(crate) use pointwise_table;

/// How far the argument of a periodic function may move before a finite difference could skip over a turn.
pub(super) const TURN: f64 = 0.25;

/// The constants of Klambauer et al., *Self-Normalizing Neural Networks*, 2017, equation 14.
pub(super) const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
pub(super) const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

/// log(1 + e^x), from whichever side does not overflow.
pub(super) fn softplus<N: Number>(x: Term<N>) -> Term<N> {
    x.gt(0.0).select(x + (-x).exp().log1p(), x.exp().log1p())
}

/// log(x / (1 - x)); around 1/2, where the logarithms would cancel, by the exact difference 2 x - 1.
pub(super) fn logit<N: Number>(x: Term<N>) -> Term<N> {
    let middle = ((2.0 * x - 1.0) / (1.0 - x)).log1p();
    (x - 0.5)
        .abs()
        .gt(0.25)
        .select(x.log() - (-x).log1p(), middle)
}

/// x between the bounds, which are the outer branches' at the corners: derivative 0 there.
pub(super) fn clip<N: Number>(x: Term<N>, lo: f64, hi: f64) -> Term<N> {
    Term::from(lo).ge(x).select(lo, x.ge(hi).select(hi, x))
}

/// 1 strictly between the bounds.
pub(super) fn inside<N: Number>(x: Term<N>, lo: f64, hi: f64) -> Term<N> {
    x.gt(lo) * Term::from(hi).gt(x)
}

/// x between the bounds, which belong to the inner branch: derivative 1 there.
pub(super) fn lo_hi<N: Number>(x: Term<N>, lo: f64, hi: f64) -> Term<N> {
    Term::from(lo).gt(x).select(lo, x.gt(hi).select(hi, x))
}

/// exp(-s x^2), s a power of two of at least 1/2, without the error that rounding x^2 would put into the exponent: x is
/// split into a short part, whose square is exact, and the rest.
pub(super) fn gauss<N: Number>(x: Term<N>, s: f64) -> Term<N> {
    let short = (16.0 * x).round() / 16.0;
    let main = (-s * (short * short)).exp();
    let rest = (-s * ((x - short) * (x + short))).expm1();
    x.abs().gt(40.0).select(0.0, main + main * rest)
}

/// The standard normal density.
pub(super) fn normal_density<N: Number>(x: Term<N>) -> Term<N> {
    gauss(x, 0.5) / (2.0 * Term::pi()).sqrt()
}

/// The standard normal density over the distribution function; on the left, where both vanish, sqrt(2/pi) / erfcx(-x /
/// sqrt 2). Far left the repeated integrals of its derivatives would underflow; there it is -x - 1/x to 2/x^4 of itself.
pub(super) fn log_normal_cdf_slope<N: Number>(x: Term<N>) -> Term<N> {
    let left = (2.0 / Term::pi()).sqrt() / (-x / Term::from(2.0).sqrt()).ierfcx(0);
    let right = normal_density(x) / x.normal_cdf();
    let near = x.gt(0.0).select(right, left);
    Term::from(-1e9).gt(x).select(-x - 1.0 / x, near)
}

/// sqrt(pi)/2 e^(y^2) for y = erfinv(x). Beyond 1/2, where a rounding of y would count 2 y^2 times, e^(y^2) is erfcx(|y|) /
/// erfc(|y|) = erfcx(|y|) / (1 - |x|).
pub(super) fn erfinv_slope<N: Number>(x: Term<N>, y: Term<N>) -> Term<N> {
    let complement = 1.0 - x.abs();
    let outer = y.abs().ierfcx(0) / complement;
    let outer = complement.equals(0.0).select(f64::INFINITY, outer);
    let growth = x.abs().gt(0.5).select(outer, 1.0 / gauss(y, 1.0));
    0.5 * Term::pi().sqrt() * growth
}

/// How far x may move before it meets a pole of the gamma function.
pub(super) fn to_pole(x: f64) -> f64 {
    if x > 0.0 { x } else { x - x.round() }
}

/// The derivative of I_n, (I_(n-1) + I_(n+1)) / 2.
pub(super) fn bessel_slope<N: Number>(x: Term<N>, n: f64) -> Term<N> {
    if n == 0.0 {
        x.bessel_i(1)
    } else {
        0.5 * x.bessel_i((n - 1.0) as i32) + 0.5 * x.bessel_i((n + 1.0) as i32)
    }
}

/// The factor of gelu_tanh: (1 + tanh(u)) / 2, which is sigmoid(2 u).
pub(super) fn gelu_gate<N: Number>(x: Term<N>) -> Term<N> {
    let u = 2.0 * gelu_inner(x);
    // far out the cubic overflows, and the gate is open or shut
    u.abs().gt(SATURATED).select(u.gt(0.0), u.sigmoid())
}

/// Beyond this the sigmoid is 0 or 1, and its slope 0, in every number.
const SATURATED: f64 = 800.0;

fn gelu_inner<N: Number>(x: Term<N>) -> Term<N> {
    (2.0 / Term::pi()).sqrt() * (x + 0.044715 * x * x * x)
}

/// The derivative of [`gelu_gate`].
pub(super) fn gelu_gate_slope<N: Number>(x: Term<N>) -> Term<N> {
    let u = 2.0 * gelu_inner(x);
    let slope = 2.0 * (2.0 / Term::pi()).sqrt() * (1.0 + 3.0 * (0.044715 * x * x));
    let inside = (u.sigmoid() * (-u).sigmoid()).strong_mul(slope);
    u.abs().gt(SATURATED).select(0.0, inside)
}

/// Below this sigmoid(x) and tanh(softplus(x)) are e^x in every number.
pub(super) const FAR_LEFT: f64 = -80.0;

/// v e^x for x < 0, also where e^x alone is subnormal and has lost its digits; 0 at -inf.
pub(super) fn times_exp<N: Number>(v: Term<N>, x: Term<N>) -> Term<N> {
    let half = (0.5 * x).exp();
    half.strong_mul(v) * half
}

/// tanh(softplus(x)) = n / (n + 2) with n = e^x (e^x + 2); from the side that does not overflow.
pub(super) fn mish_gate<N: Number>(x: Term<N>) -> Term<N> {
    let e = x.exp();
    let left = e * (e + 2.0) / (e * (e + 2.0) + 2.0);
    let f = (-x).exp();
    let right = (1.0 + 2.0 * f) / (1.0 + 2.0 * f + 2.0 * f * f);
    x.gt(0.0).select(right, left)
}

/// The derivative of [`mish_gate`]: 4 e^x (1 + e^x) / (e^x (e^x + 2) + 2)^2.
pub(super) fn mish_gate_slope<N: Number>(x: Term<N>) -> Term<N> {
    let e = x.exp();
    let d = e * (e + 2.0) + 2.0;
    let left = 4.0 * e * (1.0 + e) / (d * d);
    let f = (-x).exp();
    let g = 1.0 + 2.0 * f + 2.0 * f * f;
    let right = 4.0 * f * f * (1.0 + f) / (g * g);
    x.gt(0.0).select(right, left)
}

/// (cos(pi x) - sinc(x)) / x, by its power series where the difference would cancel.
pub(super) fn sinc_slope<N: Number>(x: Term<N>, y: Term<N>) -> Term<N> {
    let t = (Term::pi() * x) * (Term::pi() * x);
    // sum over k of (-1)^k (2k) t^(k-1) / (2k+1)! from its innermost bracket: the ratio of two terms is -t / (2k (2k+3)), and
    // for |x| <= 1/2 the twenty-third term is below 1e-40 of the sum
    let bracket = |inner, k: i32| 1.0 - t * inner / f64::from(2 * k * (2 * k + 3));
    let sum = (1..23).rev().fold(Term::from(1.0), bracket) / -3.0;
    let reduced = x - 2.0 * (0.5 * x).round();
    let closed = ((Term::pi() * reduced).cos() - y) / x;
    x.abs()
        .gt(0.5)
        .select(closed, Term::pi() * Term::pi() * x * sum)
}

/// exponent x^(exponent - 1), and 0 for the exponent 0 even at x = 0.
pub(super) fn power_slope<N: Number>(x: Term<N>, exponent: f64) -> Term<N> {
    if exponent == 0.0 {
        Term::from(0.0)
    } else {
        exponent * x.pow(exponent - 1.0)
    }
}

/// n x^(n - 1), and 0 for n = 0 even at x = 0.
pub(super) fn integer_power_slope<N: Number>(x: Term<N>, n: f64) -> Term<N> {
    if n == 0.0 {
        Term::from(0.0)
    } else {
        n * x.powi(n as i32 - 1)
    }
}

/// v / (x^2 + z^2) without early overflow, 0 at the origin.
pub(super) fn over_square<N: Number>(v: Term<N>, x: Term<N>, z: Term<N>) -> Term<N> {
    let r = x.hypot(z);
    r.equals(0.0).select(0.0, v / r / r)
}

/// v / y, 0 where y is 0.
pub(super) fn or_zero<N: Number>(v: Term<N>, y: Term<N>) -> Term<N> {
    y.equals(0.0).select(0.0, v / y)
}

/// log(e^x + e^z) = the larger + log(1 + e^-(the distance)); equal infinities are their own result.
pub(super) fn logaddexp<N: Number>(x: Term<N>, z: Term<N>) -> Term<N> {
    let from_x = x + (z - x).exp().log1p();
    let from_z = z + (x - z).exp().log1p();
    let infinite = x.equals(z) * x.abs().equals(f64::INFINITY);
    infinite.select(x, x.gt(z).select(from_x, from_z))
}

/// The weight of x in logaddexp(x, z): e^x / (e^x + e^z); half for equal infinities.
pub(super) fn weight<N: Number>(x: Term<N>, z: Term<N>) -> Term<N> {
    let infinite = x.equals(z) * x.abs().equals(f64::INFINITY);
    infinite.select(0.5, (x - z).sigmoid())
}

/// How far x and z may move before x / z meets an integer: a change of z counts |x / z| times.
pub(super) fn wrap(x: f64, z: f64) -> f64 {
    let q = x / z;
    (q - q.round()) * z / (1.0 + q.abs())
}
