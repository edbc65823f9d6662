//! Identities that hold whatever the numbers are, on seeded random ones.

use super::Random;
use secant::number::{Dd, Number, Real};

/// An `f64` as an integer times 2^-100; exact for the exponents that the tests below use.
fn fixed(x: f64) -> i128 {
    let scaled = libm::scalbn(x, 100);
    assert_eq!(scaled.fract(), 0.0, "{x:e} has too many places");
    scaled as i128
}

#[test]
fn sums_and_products_of_doubles_are_exact() {
    let mut random = Random(1);
    for _ in 0..200_000 {
        let (a, b) = (random.double(20), random.double(20));
        let sum = Dd::from_sum(a, b);
        assert_eq!(sum.hi(), a + b);
        assert_eq!(
            fixed(sum.hi()) + fixed(sum.lo()),
            fixed(a) + fixed(b),
            "{a:e} + {b:e}"
        );
        // Products of 53 bits each fit in 106.
        let (a, b) = (random.double(0), random.double(0));
        let product = Dd::from_product(a, b);
        let integer = |x: f64, scale: i32| libm::scalbn(x, scale) as i128;
        assert_eq!(product.hi(), a * b);
        assert_eq!(
            integer(product.hi(), 104) + integer(product.lo(), 104),
            integer(a, 52) * integer(b, 52),
            "{a:e} * {b:e}"
        );
    }
    // Where splitting overflows, and where nothing but the low part underflows.
    for (a, b) in [
        (1.1e305, 3.3),
        (f64::MAX, 0.999),
        (-1.7e308, 1e-300),
        (1e300, 1e8),
        (f64::MAX, 1.0),
    ] {
        let product = Dd::from_product(a, b);
        assert_eq!(
            (product.hi(), product.lo()),
            (a * b, a.mul_add(b, -(a * b))),
            "{a:e} * {b:e}"
        );
    }
}

/// Operations are checked by undoing them: each is within a few units of 2^-106 of the first operand's scale.
#[test]
fn operations_undo_each_other() {
    let unit = 2f64.powi(-106);
    let mut random = Random(2);
    let mut worst = [0f64; 6];
    let mut note = |which: usize, error: Dd, scale: Dd| {
        let relative = (error / scale).abs().to_f64() / unit;
        worst[which] = worst[which].max(relative);
        assert!(relative.is_finite(), "operation {which} gave {error:?}");
    };
    for _ in 0..200_000 {
        let (a, b) = (random.pair(60), random.pair(60));
        let scale = a.abs().max(b.abs());
        note(0, (a + b) - b - a, scale);
        note(1, (a - b) + b - a, scale);
        note(2, (a * b) / b - a, a);
        note(3, (a / b) * b - a, a);
        note(4, a.abs().sqrt() * a.abs().sqrt() - a.abs(), a);
        note(5, a.cbrt() * a.cbrt() * a.cbrt() - a, a);
        assert_eq!(a + b, b + a);
        assert_eq!(a * b, b * a);
        assert_eq!(a - a, Dd::ZERO);
        assert_eq!(-(a - b), b - a);
        for x in [a + b, a * b, a / b, a.exp2(), a.sqrt()] {
            assert!(
                !x.is_finite() || x.hi() + x.lo() == x.hi(),
                "{x:?} is not normalised"
            );
        }
    }
    println!(
        "in units of 2^-106: (a+b)-b {:.1}, (a-b)+b {:.1}, ab/b {:.1}, a/b b {:.1}, sqrt^2 {:.1}, cbrt^3 {:.1}",
        worst[0], worst[1], worst[2], worst[3], worst[4], worst[5]
    );
    for (error, limit) in worst.into_iter().zip([6.0, 6.0, 16.0, 16.0, 12.0, 24.0]) {
        assert!(error <= limit, "{error} > {limit}");
    }
}

/// Sums against integers of 110 bits, also where the high parts cancel: 3 u^2 is the bound of the algorithm.
#[test]
fn sums_are_exact_to_three_units() {
    let mut random = Random(8);
    let number = |hi: i64, lo: i64| Dd::from_sum(hi as f64 * 2f64.powi(54), lo as f64);
    let integer = |x: Dd| x.hi() as i128 + x.lo() as i128;
    for i in 0..100_000 {
        let mut part = || random.bits() as i64 >> 10;
        let (a, b) = (part(), part());
        // Every other pair has high parts that nearly cancel.
        let second = if i % 2 == 0 { part() } else { -a + part() % 3 };
        let (x, y) = (number(a, b), number(second, part()));
        let exact = integer(x) + integer(y);
        let error = (integer(x + y) - exact).abs() as f64;
        assert!(
            error <= 3.0 * 2f64.powi(-106) * exact.abs() as f64,
            "{x:?} + {y:?}"
        );
    }
}

/// What a product lacks, against integers of 120 bits.
#[test]
fn fused_products_keep_what_cancellation_leaves() {
    let mut random = Random(7);
    let number = |x: i128| {
        let hi = x as f64;
        Dd::from_sum(hi, (x - hi as i128) as f64)
    };
    let mut lost = 0;
    for _ in 0..100_000 {
        let mut integer = || i128::from(random.bits() as i64 >> 4);
        let (a, b) = (integer(), integer());
        let (x, y) = (number(a), number(b));
        let product = x * y;
        let rest = a * b - (product.hi() as i128 + product.lo() as i128);
        assert_eq!(x.fma(y, -product), number(rest), "{a} * {b}");
        lost += i32::from(rest != 0);
        let c = integer();
        assert!(
            ((x.fma(y, number(c)) - product) - number(c) - number(rest)).abs()
                <= product.abs() * 1e-31
        );
    }
    assert!(lost > 1000, "the products were exact");
}

#[test]
fn order_is_that_of_differences() {
    let mut random = Random(3);
    for _ in 0..50_000 {
        let a = random.pair(4);
        let b = if random.bits() & 1 == 0 {
            random.pair(4)
        } else {
            a + random.double(0) * 1e-31
        };
        let difference = (a - b).hi();
        assert_eq!(
            a.partial_cmp(&b),
            difference.partial_cmp(&0.0),
            "{a:?} against {b:?}"
        );
        assert_eq!(a.max(b) + a.min(b), a + b);
    }
}

#[test]
fn text_gives_the_number_back() {
    let mut random = Random(4);
    for i in 0..3000 {
        let x = random.pair(if i % 10 == 0 { 900 } else { 40 });
        let back: Dd = format!("{x:e}").parse().expect("a number");
        assert_eq!(
            (back.hi().to_bits(), back.lo()),
            (x.hi().to_bits(), x.lo()),
            "{x:e}"
        );
        let shown: Dd = x.to_string().parse().expect("a number");
        assert!(((shown - x) / x).abs() < Dd::of(1e-31), "{x}");
    }
    for (text, shown) in [
        ("0", "0"),
        ("-0", "-0"),
        ("inf", "inf"),
        ("-inf", "-inf"),
        ("NaN", "NaN"),
        ("1", "1"),
        ("-12.5", "-12.5"),
        ("0.1", "0.1"),
        ("1e-5", "0.00001"),
        (
            "3.1415926535897932384626433832795028",
            "3.1415926535897932384626433832795",
        ),
        (
            "99999999999999999999999999999999.99",
            "1.0000000000000000000000000000000e32",
        ),
        ("+5e3", "5000"),
        (".5", "0.5"),
        ("2.", "2"),
    ] {
        let x: Dd = text.parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(x.to_string(), shown);
    }
    for text in ["", "x", "1.2.3", "1e", "--1", "0x10", "1 "] {
        assert!(text.parse::<Dd>().is_err(), "{text:?} is not a number");
    }
    let third = Dd::ONE / 3.0;
    assert_eq!(
        format!("{third:.5} {third:.3e} {third:+.1} {third:8.2}"),
        "0.33333 3.333e-1 +0.3     0.33"
    );
    assert_eq!(
        format!(
            "{:.2} {:.2} {:.0} {:.1}",
            Dd::of(0.006),
            Dd::of(0.004),
            Dd::of(2.5),
            Dd::of(-9.96)
        ),
        "0.01 0.00 2 -10.0"
    );
}

/// Divisors whose low part is far below the high one have too many bits for the usual way.
#[test]
fn remainders_by_divisors_with_a_gap() {
    let tiny = libm::scalbn(1.0, -140);
    let divisor = Dd::from_sum(3.0, tiny);
    assert_eq!(Dd::of(10.0).fmod(divisor), Dd::from_sum(1.0, -3.0 * tiny));
    // 2^60 = 3 q + 1.
    let quotient = ((1u64 << 60) - 1) as f64 / 3.0;
    assert_eq!(
        Dd::of(libm::scalbn(1.0, 60)).fmod(divisor),
        Dd::from_sum(1.0, -quotient * tiny)
    );
    assert_eq!(
        Dd::of(-10.0).remainder(divisor),
        Dd::from_sum(2.0, 4.0 * tiny)
    );
}
