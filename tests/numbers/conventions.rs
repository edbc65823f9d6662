//! Special values, exact values, and what the traits promise beyond accuracy.

use super::{Function, Random, class, double_ulps, functions, single_ulps};
use secant::number::{Dd, Number, Real};

/// Values at which functions have rules of their own.
const SPECIAL: [f64; 27] = [
    0.0,
    -0.0,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    -1.5,
    2.0,
    -2.0,
    3.0,
    -3.0,
    2.5,
    -2.5,
    5e-324,
    -5e-324,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::MIN,
    1e300,
    -1e300,
    1e-300,
    710.0,
    -746.0,
];

#[test]
fn special_values_of_double_double_are_those_of_double() {
    let mut failures = Vec::new();
    let mut check = |what: String, got: Dd, expected: f64| {
        let close = got.hi() == expected
            || (got.hi() - expected).abs() <= 4.0 * f64::EPSILON * expected.abs() + 1e-323;
        let same = class(got.hi()) == class(expected) && (class(expected) != "finite" || close);
        if !same || (!got.is_finite() && got.lo() != 0.0) {
            failures.push(format!("{what} is {got:?}, but {expected:e}"));
        }
    };
    for ((name, double_double), (_, double)) in
        functions::<Dd>().into_iter().zip(functions::<f64>())
    {
        for x in SPECIAL {
            if let Function::Unary(f) = double_double {
                check(format!("{name}({x:e})"), f(x.into()), double.apply(&[x]));
            } else {
                for y in SPECIAL {
                    check(
                        format!("{name}({x:e}, {y:e})"),
                        double_double.apply(&[x.into(), y.into()]),
                        double.apply(&[x, y]),
                    );
                }
            }
        }
    }
    macro_rules! pairs {
        ($($name:ident)*) => {$(
            for (x, y) in SPECIAL.into_iter().flat_map(|x| SPECIAL.map(|y| (x, y))) {
                check(format!("{}({x:e}, {y:e})", stringify!($name)), Dd::of(x).$name(Dd::of(y)), Number::$name(x, y));
            }
        )*};
    }
    pairs!(max min copysign gt ge equals strong_mul);
    for (x, y) in SPECIAL.into_iter().flat_map(|x| SPECIAL.map(|y| (x, y))) {
        let (a, b) = (Dd::of(x), Dd::of(y));
        check(format!("{x:e} + {y:e}"), a + b, x + y);
        check(format!("{x:e} - {y:e}"), a - b, x - y);
        check(format!("{x:e} * {y:e}"), a * b, x * y);
        check(format!("{x:e} / {y:e}"), a / b, x / y);
        check(format!("{x:e} + {y:e} mixed"), a + y, x + y);
        check(format!("{x:e} * {y:e} mixed"), a * y, x * y);
        check(format!("{x:e} / {y:e} mixed"), x / b, x / y);
        assert_eq!(a.partial_cmp(&b), x.partial_cmp(&y), "{x} against {y}");
        for n in [-5, -2, -1, 0, 1, 2, 3, 64, 65, -64, 1001] {
            check(format!("{x:e}^{n}"), a.powi(n), x.powi(n));
        }
        for z in [1.0, -0.0, f64::INFINITY, f64::NAN, f64::MAX] {
            check(
                format!("fma({x:e}, {y:e}, {z:e})"),
                a.fma(b, z.into()),
                x.mul_add(y, z),
            );
        }
    }
    assert!(
        failures.is_empty(),
        "{} differ:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// Exact powers come out exact in every type.
#[test]
fn exact_powers_are_exact() {
    for n in -1074..=1023 {
        let power = libm::scalbn(1.0, n);
        let exponent = f64::from(n);
        assert_eq!((exponent.exp2(), Number::log2(power)), (power, exponent));
        assert_eq!(
            (Dd::of(exponent).exp2(), Dd::of(power).log2()),
            (power.into(), exponent.into())
        );
    }
    let mut power = Dd::ONE;
    for n in 0..=45 {
        let exponent = f64::from(n);
        assert_eq!(
            (Dd::of(exponent).exp10(), power.log10()),
            (power, exponent.into()),
            "10^{n}"
        );
        if n <= 22 {
            assert_eq!(
                (exponent.exp10(), Number::log10(power.hi())),
                (power.hi(), exponent),
                "10^{n}"
            );
        }
        if n <= 10 {
            let power = power.hi() as f32;
            assert_eq!(
                ((n as f32).exp10(), Number::log10(power)),
                (power, n as f32),
                "10^{n}"
            );
        }
        power *= 10.0;
    }
}

#[test]
fn tolerances() {
    use approx::{abs_diff_eq, relative_eq};
    let (one, near, far) = (Dd::ONE, Dd::ONE + 1e-31, Dd::ONE + 1e-29);
    assert!(abs_diff_eq!(one, near) && !abs_diff_eq!(one, far));
    assert!(relative_eq!(one * 1e20, near * 1e20) && !relative_eq!(one * 1e20, far * 1e20));
    assert!(relative_eq!(one, far, max_relative = Dd::of(1e-28)));
    assert!(relative_eq!(Dd::INFINITY, Dd::INFINITY) && !relative_eq!(Dd::INFINITY, one));
    assert!(!relative_eq!(Dd::NAN, Dd::NAN) && !abs_diff_eq!(Dd::INFINITY, one));
}

#[test]
fn small_conventions() {
    fn check<N: Real>(nan: N) {
        let of = N::of;
        let same = |a: N, b: f64| assert!(a == of(b), "{a:?} is not {b}");
        same(of(2.0).gt(of(1.0)), 1.0);
        same(nan.ge(nan), 0.0);
        same(nan.equals(nan), 0.0);
        same(nan.select(of(1.0), of(2.0)), 1.0);
        same(of(-0.0).select(of(1.0), of(2.0)), 2.0);
        same(of(0.0).strong_mul(nan), 0.0);
        same(of(-0.0).sign(), 0.0);
        same(of(-3.0).powi(3), -27.0);
        same(of(-2.0).powi(-2), 0.25);
        same(of(0.0).powi(0), 1.0);
        same(of(-7.0).remainder(of(3.0)), 2.0);
        same(of(-7.0).fmod(of(3.0)), -1.0);
        same(of(2.0).fma(of(3.0), of(4.0)), 10.0);
        for x in [
            of(1.0).max(nan),
            nan.max(of(1.0)),
            of(1.0).min(nan),
            nan.min(of(1.0)),
            nan.sign(),
        ] {
            assert!(x.to_f64().is_nan());
        }
        same(N::sum(&[]), 0.0);
        let ones = vec![of(1.0); 1000];
        same(N::sum(&ones), 1000.0);
        let ramp: Vec<N> = (0..1000).map(|i| of(f64::from(i))).collect();
        same(N::dot(&ones[..7], &ramp[..7]), 21.0);
        same(N::dot(&ones, &ramp), 499_500.0);
    }
    check(f32::NAN);
    check(f64::NAN);
    check(Dd::NAN);
}

/// Integer powers against the same powers in Dd, where they have twice the digits.
#[test]
fn integer_powers_are_within_two_units() {
    let mut random = Random(5);
    let (mut double, mut single) = (0f64, 0f64);
    for _ in 0..20_000 {
        let x = random.double(0) * if random.bits() & 1 == 0 { 1.0 } else { 0.5 };
        let n = (random.bits() % 801) as i32 - 400;
        double = double.max(double_ulps(Number::powi(x, n), Dd::of(x).powi(n)));
        let x = x as f32;
        single = single.max(single_ulps(Number::powi(x, n), Dd::from(x).powi(n)));
    }
    println!("powi: f64 {double:.3} ulp, f32 {single:.3} ulp");
    assert!(double <= 2.0 && single <= 2.0);
}

/// Matrix products against sums in Dd, for plain, transposed and broadcast factors; anything out of bounds is refused.
#[test]
fn matrix_products() {
    fn check<N: Real>(tolerance: f64) {
        let mut random = Random(6);
        for [m, k, n] in [
            [1, 1, 1],
            [3, 4, 5],
            [17, 9, 33],
            [2, 0, 3],
            [0, 2, 2],
            [64, 65, 3],
        ] {
            let mut values =
                |count: usize| -> Vec<N> { (0..count).map(|_| N::of(random.double(1))).collect() };
            let (a, b) = (values(m * k), values(k * n));
            let (a_rows, b_rows) = ([k as isize, 1], [n as isize, 1]);
            let layouts = [
                (a_rows, b_rows),
                ([1, m as isize], [1, k as isize]),
                ([0, 1], b_rows),
                (a_rows, [0, 1]),
            ];
            for (a_strides, b_strides) in layouts {
                let mut c = vec![N::of(f64::NAN); m * n];
                assert!(N::gemm([m, k, n], (&a, a_strides), (&b, b_strides), &mut c));
                for (i, j) in (0..m).flat_map(|i| (0..n).map(move |j| (i, j))) {
                    let at = |x: &[N], s: [isize; 2], i: usize, j: usize| {
                        x[i * s[0] as usize + j * s[1] as usize]
                    };
                    let exact = (0..k).map(|l| {
                        Dd::of(at(&a, a_strides, i, l).to_f64()) * at(&b, b_strides, l, j).to_f64()
                    });
                    let exact = exact.fold(Dd::ZERO, |sum, x| sum + x);
                    assert!(
                        (exact - c[i * n + j].to_f64()).abs().to_f64()
                            <= tolerance * (k as f64 + 1.0) * 16.0
                    );
                }
            }
        }
        let (a, b) = (vec![N::of(1.0); 6], vec![N::of(1.0); 6]);
        let mut c = vec![N::of(7.0); 4];
        for (shape, a_strides, b_strides) in [
            ([2, 3, 2], [-3, 1], [2, 1]),
            ([2, 3, 2], [3, 1], [2, -1]),
            ([2, 3, 2], [4, 1], [2, 1]),
            ([2, 3, 2], [3, 1], [3, 1]),
            ([2, 3, 3], [3, 1], [2, 1]),
            ([2, 3, 2], [isize::MAX, isize::MAX], [2, 1]),
            ([usize::MAX, 3, 2], [0, 1], [2, 1]),
        ] {
            assert!(
                !N::gemm(shape, (&a, a_strides), (&b, b_strides), &mut c),
                "{shape:?}"
            );
            assert!(c.iter().all(|&x| x == N::of(7.0)));
        }
    }
    check::<f32>(f64::from(f32::EPSILON));
    check::<f64>(f64::EPSILON);
    check::<Dd>(f64::EPSILON);
}
