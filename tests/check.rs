//! The checker as a product of its own: functions, hand-written gradients, programs. What it must see, what it must not cry
//! wolf at, and how it answers nonsense.

#![cfg(feature = "check")]

use secant::check::{Check, Class, Function, Judgement, Reason, Report, Verdict};
use secant::{Dtype, Number, Params, Tensor, Var, assert_gradient};
use std::cell::Cell;

/// The verdict on the right derivative of a function of one number, and on one that is wrong by a factor.
#[track_caller]
fn check(f: impl Fn(f64) -> f64, slope: f64, at: f64, factor: f64) -> (Report, Report) {
    let report = |claim: f64| Check::new(|x: &[f64]| f(x[0])).claim([claim]).at(&[at]);
    let (right, wrong) = (report(slope), report(slope * factor));
    assert_ne!(right.verdict, Verdict::Disagree, "{right}");
    assert_eq!(wrong.verdict, Verdict::Disagree, "{wrong}");
    (right, wrong)
}

#[test]
fn functions_that_fool_differences() {
    type Row = (&'static str, fn(f64) -> f64, f64, f64, f64, Verdict);
    let agree = Verdict::Agree;
    let table: &[Row] = &[
        (
            "aliasing",
            |x| (1000.0 * x).sin(),
            0.7,
            1000.0 * f64::cos(700.0),
            1.0 + 1e-6,
            agree,
        ),
        (
            "faster",
            |x| (1e6 * x).sin(),
            0.7,
            1e6 * f64::cos(7e5),
            1.0 + 1e-3,
            agree,
        ),
        (
            "quantised",
            |x| (x.cos() * 1e9).round() / 1e9,
            0.7,
            -f64::sin(0.7),
            1.0 + 1e-3,
            Verdict::Undecided,
        ),
        (
            "flat",
            |x| (-1.0 / (x * x)).exp(),
            0.1,
            2e3 * f64::exp(-100.0),
            1.0 + 1e-6,
            agree,
        ),
        ("root", f64::sqrt, 1e-8, 0.5e4, 1.0 + 1e-6, agree),
        (
            "root of less",
            f64::sqrt,
            1e-200,
            0.5e100,
            1.0 + 1e-6,
            agree,
        ),
        ("pole", |x| 1.0 / x, 1e-5, -1e10, 1.0 + 1e-6, agree),
        (
            "pole at less",
            |x| 1.0 / x,
            1e-100,
            -1e200,
            1.0 + 1e-6,
            agree,
        ),
        (
            "offset",
            |x| 1e4 + 1e-6 * x.sin(),
            0.7,
            1e-6 * f64::cos(0.7),
            1.1,
            Verdict::Undecided,
        ),
        ("huge", |x| 1e150 * x * x, 2.0, 4e150, 1.0 + 1e-9, agree),
        ("huge argument", |x| x * 3.0, 1e150, 3.0, 1.0 + 1e-9, agree),
        ("tiny", |x| 1e-150 * x * x, 2.0, 4e-150, 1.0 + 1e-9, agree),
        (
            "tiny argument",
            |x| x * x,
            1e-150,
            2e-150,
            1.0 + 1e-9,
            agree,
        ),
        ("kink near by", |x| x.max(0.0), 1e-7, 1.0, 0.5, agree),
        (
            "kink nearer",
            |x| x.max(0.0) + x.sin(),
            -1e-7,
            1.0,
            1.5,
            agree,
        ),
        ("border", |x| x.ln(), 1e-3, 1e3, 1.0 + 1e-6, agree),
        (
            "tame",
            |x| x.exp() * x.sin(),
            1.0,
            f64::exp(1.0) * (f64::sin(1.0) + f64::cos(1.0)),
            1.0 + 1e-9,
            agree,
        ),
    ];
    for &(name, f, at, slope, factor, verdict) in table {
        let (right, _) = check(f, slope, at, factor);
        assert_eq!(right.verdict, verdict, "{name}: {right}");
    }
}

#[test]
fn stationary_points_are_not_noise() {
    for f in [
        |x: f64| x * x,
        |x: f64| x.powi(9),
        |x: f64| x.cos(),
        |x: f64| 5.0 + x * x,
    ] {
        let report = |claim: f64| Check::new(|x: &[f64]| f(x[0])).claim([claim]).at(&[0.0]);
        report(0.0).assert();
        assert_eq!(report(1e-3).verdict, Verdict::Disagree);
    }
}

#[test]
fn a_kink_brackets_what_may_be_claimed() {
    let report = |claim: f64| Check::new(|x: &[f64]| x[0].abs()).claim([claim]).at(&[0.0]);
    for claim in [-1.0, -0.3, 0.0, 1.0] {
        let found = report(claim);
        assert_eq!(found.judgement(), Judgement::AtKink, "{claim}: {found}");
        assert_eq!(found.verdict, Verdict::Undecided);
    }
    for claim in [-1.1, 1.001, 7.0] {
        let found = report(claim);
        assert_eq!(
            found.judgement(),
            Judgement::OutsideBracket,
            "{claim}: {found}"
        );
        assert_eq!(found.verdict, Verdict::Disagree);
    }
    assert_eq!(report(f64::NAN).judgement(), Judgement::NonFinite);
    // a kink that differences cannot see apart from this point
    let near = Check::new(|x: &[f64]| (x[0] - 1e-18).abs())
        .claim([-1.0])
        .at(&[0.0]);
    assert_eq!(near.judgement(), Judgement::AtKink, "{near}");
    // a jump has any slope
    let jump = Check::new(|x: &[f64]| f64::from(u8::from(x[0] >= 0.5)))
        .claim([0.0])
        .at(&[0.5]);
    assert_ne!(jump.verdict, Verdict::Disagree, "{jump}");
}

#[test]
fn relu_networks() {
    // two layers of rectifiers: kinks on all sides, some next to the point
    let weight = |i: usize, j: usize| ((7 * i + 3 * j) as f64 * 0.618).fract() - 0.5;
    let f = move |x: &[f64]| {
        let hidden: Vec<f64> = (0..16)
            .map(|i| (0..8).map(|j| weight(i, j) * x[j]).sum::<f64>().max(0.0))
            .collect();
        (0..16)
            .map(|i| weight(i, 20) * hidden[i] * hidden[i] + hidden[i])
            .sum::<f64>()
    };
    let gradient = move |x: &[f64]| {
        let mut g = vec![0.0; 8];
        for i in 0..16 {
            let h: f64 = (0..8).map(|j| weight(i, j) * x[j]).sum();
            if h > 0.0 {
                for (j, g) in g.iter_mut().enumerate() {
                    *g += (2.0 * weight(i, 20) * h + 1.0) * weight(i, j);
                }
            }
        }
        g
    };
    for k in 0..50 {
        let x: Vec<f64> = (0..8)
            .map(|j| ((k * 8 + j) as f64 * 0.7548).fract() - 0.5)
            .collect();
        Check::new(f).gradient(gradient).at(&x).assert();
        let mut wrong = gradient(&x);
        wrong[k % 8] *= 1.0 + 1e-5;
        let report = Check::new(f).claim(&wrong).at(&x);
        assert_eq!(report.verdict, Verdict::Disagree, "{report}");
        assert_eq!(report.faults[0].index, [k % 8], "{report}");
    }
}

#[test]
fn what_is_not_repeatable_is_said_to_be() {
    let state = Cell::new(0u64);
    let dropout = |x: &[f64]| {
        state.set(state.get() + 1);
        if state.get().is_multiple_of(2) {
            2.0 * x[0]
        } else {
            0.0
        }
    };
    let report = Check::new(dropout).claim([1.0]).at(&[3.0]);
    assert_eq!(report.judgement(), Judgement::NotRepeatable, "{report}");
    assert_eq!(report.undecided.keys().next(), Some(&Reason::NotRepeatable));
    assert!(report.to_string().contains("freeze its seed"), "{report}");
    // noise in the last digits is noise
    let noisy = |x: &[f64]| {
        state.set(state.get() + 1);
        x[0].exp() * (1.0 + 1e-15 * (state.get() % 7) as f64)
    };
    Check::new(noisy).claim([1f64.exp()]).at(&[1.0]).assert();
    let wrong = Check::new(noisy).claim([1.01 * 1f64.exp()]).at(&[1.0]);
    assert_eq!(wrong.verdict, Verdict::Disagree, "{wrong}");
    // a gradient that changes its mind is wrong
    let fickle = |x: &[f64]| {
        state.set(state.get() + 1);
        [2.0 * x[0] + (state.get() % 2) as f64]
    };
    let report = Check::new(|x: &[f64]| x[0] * x[0])
        .gradient(fickle)
        .at(&[3.0]);
    assert_eq!(report.class(), Some(Class::NotRepeatable), "{report}");
}

#[test]
fn claims_that_do_not_fit() {
    let f = |x: &[f64]| x[0] * x[1];
    let structural = |report: Report, class: Class, words: &str| {
        assert_eq!(report.verdict, Verdict::Disagree);
        assert_eq!(report.judgement(), Judgement::Structural);
        assert_eq!(report.class(), Some(class), "{report}");
        assert!(report.to_string().contains(words), "{report}");
    };
    structural(
        Check::new(f).at(&[1.0, 2.0]),
        Class::MissingGradient,
        "no gradient is claimed",
    );
    let report = Check::new(f).claim([1.0]).at(&[1.0, 2.0]);
    structural(report, Class::WrongShape, "has 1 elements, the argument 2");
    let report = Check::new(f)
        .claim([2.0, 1.0])
        .coordinates([5])
        .at(&[1.0, 2.0]);
    structural(report, Class::WrongShape, "5 is none of 2 elements");
    let report = Check::new(f)
        .claim([2.0, 1.0])
        .cotangent([1.0, 1.0])
        .at(&[1.0, 2.0]);
    structural(
        report,
        Class::WrongShape,
        "cotangent: has 2 elements, the function 1 results",
    );
    for bad in [f64::NAN, f64::INFINITY] {
        let report = Check::new(f).claim([2.0, bad]).at(&[1.0, 2.0]);
        assert_eq!(report.judgement(), Judgement::NonFinite, "{report}");
        assert_eq!(report.faults[0].index, [1]);
    }
    let zeros = Check::new(f).claim([0.0, 0.0]).at(&[1.0, 2.0]);
    assert_eq!(zeros.verdict, Verdict::Disagree);
    assert!(zeros.to_string().contains("is 0 in 2/2"), "{zeros}");
    // no value, no verdict
    let report = Check::new(|x: &[f64]| x[0].ln()).claim([1.0]).at(&[-1.0]);
    assert_eq!(report.verdict, Verdict::Undecided);
    assert!(
        report.to_string().contains("the function's value is NaN"),
        "{report}"
    );
    // nothing to check is nothing found
    assert_eq!(
        Check::new(|_: &[f64]| 1.0)
            .claim(Vec::<f64>::new())
            .at(&[])
            .verdict,
        Verdict::Agree
    );
}

/// Three hidden units: parameters, and what makes cost and gradient of them.
struct Network {
    x: [f64; 2],
}

impl Network {
    fn params() -> Params<f64> {
        Params::from_iter([
            ("w", Tensor::from([[0.3, -0.7, 0.2], [1.1, 0.4, -0.5]])),
            ("b", Tensor::from([0.1, -0.2, 0.05])),
        ])
    }

    fn hidden(&self, p: &Params<f64>) -> Vec<f64> {
        let (w, b) = (p["w"].to_vec(), p["b"].to_vec());
        let unit = |j: usize| (self.x[0] * w[j] + self.x[1] * w[3 + j] + b[j]).tanh();
        (0..3).map(unit).collect()
    }

    fn cost(&self, p: &Params<f64>) -> f64 {
        let hidden = self.hidden(p);
        hidden.iter().zip(1..).map(|(h, k)| f64::from(k) * h).sum()
    }

    fn gradient(&self, p: &Params<f64>) -> Params<f64> {
        let h = self.hidden(p);
        let delta = |j: usize| (j + 1) as f64 * (1.0 - h[j] * h[j]);
        Params::from_iter([
            (
                "w",
                Tensor::from_fn([2, 3], |k| self.x[k / 3] * delta(k % 3)),
            ),
            ("b", Tensor::from_fn([3], delta)),
        ])
    }
}

#[test]
fn named_parameters() {
    let params = Network::params();
    let network = Network { x: [0.8, -1.3] };
    let cost = |p: &Params<f64>| network.cost(p);
    let gradient = |p: &Params<f64>| network.gradient(p);
    let report = Check::params(cost).gradient(gradient).at(&params);
    report.assert();
    assert_eq!(report.coverage(), (9, 9));
    assert!(report.resolution < 1e-9, "{report}");
    let right = gradient(&params);
    // the claim's own order does not matter
    let turned = Params::from_iter([("b", right["b"].clone()), ("w", right["w"].clone())]);
    Check::params(cost).claim(&turned).at(&params).assert();
    let doubled = Params::from_iter([
        ("w", right["w"].map(|g| 2.0 * g)),
        ("b", right["b"].clone()),
    ]);
    let report = Check::params(cost).claim(&doubled).at(&params);
    assert_eq!(
        report.pattern().as_deref(),
        Some("w = 2.000 x reference in 6/6"),
        "{report}"
    );
    let few = Params::from_iter([("w", right["w"].clone())]);
    let report = Check::params(cost).claim(&few).at(&params);
    assert_eq!(report.class(), Some(Class::MissingGradient), "{report}");
    let mut more = right.clone();
    more.insert("c", Tensor::from(1.0));
    let report = Check::params(cost).claim(&more).at(&params);
    assert!(
        report
            .to_string()
            .contains("c: is no parameter of the function"),
        "{report}"
    );
    let reshaped = Params::from_iter([
        ("w", right["w"].reshape([3, 2]).unwrap()),
        ("b", right["b"].clone()),
    ]);
    let report = Check::params(cost).claim(&reshaped).at(&params);
    assert!(
        report
            .to_string()
            .contains("w: has shape [3, 2], should have [2, 3]"),
        "{report}"
    );
}

#[test]
fn several_results() {
    let f = |x: &[f64]| [x[0] * x[1], x[0].sin(), x[1].exp()];
    let jacobian = |x: &[f64]| [[x[1], x[0]], [x[0].cos(), 0.0], [0.0, x[1].exp()]];
    Check::new(f).gradient(jacobian).at(&[0.4, -0.9]).assert();
    let mut wrong = jacobian(&[0.4, -0.9]);
    wrong[1][0] *= 1.0 + 1e-6;
    let report = Check::new(f).claim(wrong).at(&[0.4, -0.9]);
    assert_eq!(report.verdict, Verdict::Disagree);
    assert!(
        report
            .to_string()
            .contains("wrong rows of the Jacobian: 1\n"),
        "{report}"
    );
    // the gradient of a weighted sum
    let weighted = |x: &[f64]| [2.0 * x[1] - x[0].cos(), 2.0 * x[0] + 0.5 * x[1].exp()];
    let check = Check::new(f).gradient(weighted).cotangent([2.0, -1.0, 0.5]);
    check.at(&[0.4, -0.9]).assert();
    let report = Check::new(f).claim([1.0, 2.0, 3.0]).at(&[0.4, -0.9]);
    assert!(report.to_string().contains("the Jacobian 6"), "{report}");
}

#[test]
fn single_precision() {
    let f = |x: &[f32]| (x[0].exp() * x[1]).sin() + x[2] * x[2];
    let gradient = |x: &[f32]| {
        let c = (x[0].exp() * x[1]).cos();
        vec![c * x[0].exp() * x[1], c * x[0].exp(), 2.0 * x[2]]
    };
    let at = [0.3, 0.8, -1.1];
    Check::single(f).gradient(gradient).at(&at).assert();
    let mut wrong = gradient(&at);
    wrong[1] *= 1.05;
    assert_eq!(
        Check::single(f).claim(&wrong).at(&at).verdict,
        Verdict::Disagree
    );
    // in double precision the same claim is seen to a thousandth of that
    let wide = |x: &[f64]| (x[0].exp() * x[1]).sin() + x[2] * x[2];
    Check::single(f)
        .gradient(gradient)
        .widened(wide)
        .resolution(1e-4)
        .at(&at)
        .assert();
    wrong[1] = gradient(&at)[1] * (1.0 + 5e-5);
    let report = Check::single(f).claim(&wrong).widened(wide).at(&at);
    assert_eq!(report.verdict, Verdict::Disagree, "{report}");
}

#[test]
fn domains_and_borders() {
    let asked = Cell::new(false);
    let f = |x: &[f64]| {
        if x.iter().any(|&x| !(0.0..=1.0).contains(&x)) {
            asked.set(true);
        }
        x[0].sqrt() * x[1] + x[1] * x[1]
    };
    let gradient = |x: &[f64]| [0.5 * x[1] / x[0].sqrt(), x[0].sqrt() + 2.0 * x[1]];
    Check::new(f)
        .gradient(gradient)
        .domain(0.0, 1.0)
        .at(&[1e-4, 0.999])
        .assert();
    assert!(!asked.get(), "outside the domain");
    // on the border there is one side only
    let report = Check::new(f)
        .gradient(gradient)
        .domain(0.0, 1.0)
        .at(&[0.25, 1.0]);
    report.assert();
    assert!(!asked.get(), "outside the domain");
    let report = Check::new(f)
        .claim([1.0, 2.6])
        .domain(0.0, 1.0)
        .at(&[0.25, 1.0]);
    assert_eq!(report.verdict, Verdict::Disagree, "{report}");
}

#[test]
fn second_order() {
    let f = |x: &[f64]| x[0].powi(3) * x[1] + x[1].sin();
    let gradient = |x: &[f64]| [3.0 * x[0].powi(2) * x[1], x[0].powi(3) + x[1].cos()];
    let product = |x: &[f64], v: &[f64]| {
        let (a, b, c) = (6.0 * x[0] * x[1], 3.0 * x[0].powi(2), -x[1].sin());
        [a * v[0] + b * v[1], b * v[0] + c * v[1]]
    };
    Check::new(f)
        .gradient(gradient)
        .hvp(product)
        .at(&[0.7, -1.3])
        .assert();
    let wrong = |x: &[f64], v: &[f64]| {
        let [a, b] = product(x, v);
        [a, b * (1.0 + 1e-6)]
    };
    let report = Check::new(f).gradient(gradient).hvp(wrong).at(&[0.7, -1.3]);
    assert_eq!(report.class(), Some(Class::WrongHvp), "{report}");
    let report = Check::new(f).gradient(gradient).order(2).at(&[0.7, -1.3]);
    assert_eq!(report.class(), Some(Class::MissingGradient), "{report}");
    assert_gradient!(f, gradient, &[0.7, -1.3]);
}

#[test]
fn criteria_of_approx() {
    let f = |x: &[f64]| x[0] * x[0] * x[1];
    let right = [2.0 * 1.5 * 0.5, 1.5 * 1.5];
    let close = [right[0] * 1.0001, right[1]];
    let check = |max_relative: f64| {
        let relative = approx::Relative {
            epsilon: 0.0,
            max_relative,
        };
        Check::new(f)
            .claim(close)
            .criterion(relative)
            .at(&[1.5, 0.5])
            .verdict
    };
    assert_eq!(check(1e-3), Verdict::Agree);
    assert_eq!(check(1e-5), Verdict::Disagree);
    let check = |f: fn(f64, f64) -> bool| {
        Check::new(|x: &[f64]| x[0] * x[0] * x[1])
            .claim(close)
            .criterion(f)
            .at(&[1.5, 0.5])
            .verdict
    };
    assert_eq!(
        check(|claim, reference| claim.signum() == reference.signum()),
        Verdict::Agree
    );
    let numerical = Check::new(f).numerical(&[1.5, 0.5]);
    approx::assert_relative_eq!(numerical[..], right[..], max_relative = 1e-12);
    approx::assert_relative_ne!(numerical[..], close[..], max_relative = 1e-6);
}

struct Bowl;

impl Function for Bowl {
    fn call<N: Number>(&self, x: &[N]) -> N {
        x[0].exp() * x[1] + (x[0] * x[1]).sin()
    }
}

fn generic<N: Number>(x: &[N]) -> N {
    Bowl.call(x)
}

fn by_variables<'t>(v: &[Var<'t>]) -> Var<'t> {
    (v[0].matmul(v[1]).tanh() * 2.0).sum(None, false)
}

#[test]
fn programs() {
    let at = [0.5, -1.2];
    for dtype in [Dtype::F64, Dtype::F32] {
        Check::generic(Bowl).dtype(dtype).at(at).assert();
        Check::generic(Bowl).dtype(dtype).order(2).at(at).assert();
    }
    let gradient = |x: &[f64]| {
        let (e, c) = (x[0].exp(), (x[0] * x[1]).cos());
        [e * x[1] + c * x[1], e + c * x[0]]
    };
    let report = Check::generic(Bowl).claim(gradient(&at)).at(at);
    report.assert();
    assert!(report.resolution < 1e-12, "{report}");
    // one element by ten roundoffs more than rounding can explain
    let [a, b] = gradient(&at);
    let report = Check::generic(Bowl).claim([a, b * (1.0 + 1e-12)]).at(at);
    assert_eq!(report.faults[0].index, [1], "{report}");
    let tensors = [
        Tensor::from([[0.5, -1.0], [2.0, 0.1]]),
        Tensor::from([[1.0], [3.0]]),
    ];
    assert_gradient!(generic, at);
    assert_gradient!(by_variables, &tensors);
    assert_gradient!(
        |v| (v[0] * v[0]).sum(None, false),
        [Tensor::from([1.0, 2.0])]
    );
    // several results are weighted by numbers that are nowhere alike
    Check::tape(|v| v[0].matmul(v[1])).at(&tensors).assert();
    let report = Check::tape(by_variables).claim([1.0; 5]).at(&tensors);
    assert!(
        report
            .to_string()
            .contains("has 5 elements, the arguments 6"),
        "{report}"
    );
    let report = Check::tape(|v| v[0].matmul(v[0])).at([Tensor::from([[1.0, 2.0, 3.0]])]);
    assert_eq!(report.judgement(), Judgement::Structural, "{report}");
}

#[test]
#[should_panic(expected = "x[1] is 2.5e0, should be")]
fn an_assertion_tells_what_is_wrong() {
    assert_gradient!(
        |x: &[f64]| x[0] * x[1],
        |x: &[f64]| [x[1], x[0] + 0.5],
        &[2.0, 3.0]
    );
}

#[test]
#[should_panic(expected = "undecided")]
fn an_assertion_does_not_pass_what_it_cannot_tell() {
    Check::new(|x: &[f64]| x[0].abs())
        .claim([0.0])
        .at(&[0.0])
        .assert();
}

#[test]
fn what_nothing_exercises_is_counted() {
    // the second unit is dead at this point: its weights could have any gradient rule
    let report = Check::new(|x: &[f64]| x[0].sin() + (x[1] - 5.0).max(0.0))
        .claim([1f64.cos(), 0.0])
        .at(&[1.0, 2.0]);
    report.assert();
    assert_eq!(report.unobserved(), 1, "{report}");
    assert_eq!(
        report.params["x"].elements[1].judgement,
        Judgement::Unobserved
    );
    let report =
        Check::tape(|v| (v[0] - 5.0).relu().sum(None, false)).at([Tensor::from([1.0, 2.0])]);
    assert_eq!(report.judgement(), Judgement::Unobserved, "{report}");
    // at a stationary point something does happen
    let report = Check::tape(|v| v[0].square().sum(None, false)).at([Tensor::from([0.0, 0.0])]);
    assert_eq!(
        (report.judgement(), report.unobserved()),
        (Judgement::Agree, 0),
        "{report}"
    );
}

#[test]
fn a_single_wrong_element_among_a_thousand_is_named_at_little_cost() {
    let n = 1000;
    let f = |x: &[f64]| {
        x.iter()
            .enumerate()
            .map(|(i, x)| (x * (1.0 + i as f64 * 1e-3)).sin())
            .sum::<f64>()
    };
    let gradient = |x: &[f64]| -> Vec<f64> {
        x.iter()
            .enumerate()
            .map(|(i, x)| {
                let a = 1.0 + i as f64 * 1e-3;
                a * (x * a).cos()
            })
            .collect()
    };
    let x: Vec<f64> = (0..n).map(|i| (i as f64 * 0.7548).fract()).collect();
    let report = Check::new(f).gradient(gradient).at(&x);
    report.assert();
    assert!(report.evaluations < 100, "{report}");
    for (place, size) in [(517, 1e-3), (3, 1e-5), (998, 1e-6)] {
        let mut wrong = gradient(&x);
        wrong[place] *= 1.0 + size;
        let report = Check::new(f).claim(&wrong).at(&x);
        let named: Vec<&[usize]> = report.faults.iter().map(|fault| &fault.index[..]).collect();
        assert_eq!(named, [[place]], "{report}");
        assert!(report.evaluations < 2 * n, "{report}");
    }
}

/// A halving costs one direction, as the other half is what is left of the whole: a glance of two evaluations, or, where that
/// does not do, a stencil of four.
#[test]
fn a_fault_costs_a_few_evaluations_a_halving() {
    let place = |k: usize| (k as f64 * 0.618_033_988_749_894_9).fract() - 0.5;
    for side in [4, 16, 64] {
        let elements = side * side;
        let w = Tensor::from_fn([side, side], |k| 2.0 * place(k) + 0.1);
        fn f<'t>(v: &[Var<'t>]) -> Var<'t> {
            (v[0] * 1.5).tanh().square().sum(None, false)
        }
        let slope = |w: f64| {
            let t = (1.5 * w).tanh();
            3.0 * t * (1.0 - t * t)
        };
        let right: Vec<f64> = w.iter().map(slope).collect();
        let report = Check::tape(f).claim(&right).at([w.clone()]);
        report.assert();
        let before = report.evaluations;
        let mut wrong = right.clone();
        wrong[elements / 3] *= 1.0 + 1e-6;
        let report = Check::tape(f).claim(&wrong).at([w]);
        let named: Vec<&[usize]> = report.faults.iter().map(|fault| &fault.index[..]).collect();
        assert_eq!(
            named,
            [[elements / 3 / side, elements / 3 % side]],
            "{report}"
        );
        // and the best that the oracle can do before it calls one element wrong
        let best = 6 * 4;
        let halvings = (elements as f64).log2().ceil() as usize;
        let cost = report.evaluations - before;
        assert!(
            cost <= 4 * halvings + best,
            "{elements} elements: {cost} evaluations more"
        );
    }
}

/// Where several kinks meet, each rule chooses a side of its own: all together they need not lie between the two sides of
/// the direction. Where there is one, a claim outside is wrong.
#[test]
fn kinks_that_meet() {
    fn both<'t>(v: &[Var<'t>]) -> Var<'t> {
        v[0].relu() * 5.0 - (-v[0]).relu() * 3.0
    }
    fn one<'t>(v: &[Var<'t>]) -> Var<'t> {
        v[0].relu() * 5.0
    }
    type Row = (for<'t> fn(&[Var<'t>]) -> Var<'t>, f64, Verdict);
    let table: [Row; 4] = [
        (both, 0.0, Verdict::Undecided),
        (both, 8.0, Verdict::Undecided),
        (one, 0.0, Verdict::Undecided),
        (one, 8.0, Verdict::Disagree),
    ];
    for (f, claim, verdict) in table {
        let report = Check::tape(f).claim([claim]).at([0.0]);
        assert_eq!(report.verdict, verdict, "{claim}: {report}");
    }
}
