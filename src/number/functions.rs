//! The functions of [`Number`](super::Number), as lists that macros can run over: `name Row`, where `Row` is the row of
//! the operation table that computes the same function.

/// Hands every function of one argument to the macro `$then`.
macro_rules! unary_functions {
    ($then:ident) => {
        $then! {
            abs Abs, sign Sign, sqrt Sqrt, cbrt Cbrt, exp Exp, exp2 Exp2, exp10 Exp10, expm1 Expm1, log Log, log2 Log2,
            log10 Log10, log1p Log1p, sin Sin, cos Cos, tan Tan, asin Asin, acos Acos, atan Atan, sinh Sinh, cosh Cosh,
            tanh Tanh, asinh Asinh, acosh Acosh, atanh Atanh, sinc Sinc, erf Erf, erfc Erfc, erfinv Erfinv, lgamma Lgamma,
            normal_cdf NormalCdf, log_normal_cdf LogNormalCdf, floor Floor, ceil Ceil, round Round, trunc Trunc,
            sigmoid Sigmoid
        }
    };
}

/// Hands every function of one argument and an integer to the macro `$then`.
macro_rules! indexed_functions {
    ($then:ident) => {
        $then! {
            powi Powi, polygamma Polygamma, ierfcx Ierfcx, bessel_i BesselI
        }
    };
}

/// Hands every function of two arguments to the macro `$then`.
macro_rules! binary_functions {
    ($then:ident) => {
        $then! {
            pow Pow, atan2 Atan2, hypot Hypot, max Max, min Min, copysign Copysign, fmod Fmod, remainder Remainder,
            gt Gt, ge Ge, equals Eq, strong_mul StrongMul
        }
    };
}

pub(crate) use {binary_functions, indexed_functions, unary_functions};
