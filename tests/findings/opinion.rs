//! Single cases: what of an answer is a fault, a legal choice or low precision, and what a second opinion makes of it.

use super::{Spoil, campaign, case, spoiled};
use secant::Case;
use secant::check::Class;
use secant::engine::{Builtin, Capabilities, Engine, EngineError, Evaluation, Named, Want, Way};
use secant::fuzz::{Outcome, judge_case};

fn outcome(case: &Case, spoil: Spoil) -> Outcome {
    judge_case(case, &mut [spoiled("spoiled", spoil)], 1, 1).remove(0)
}

#[test]
fn names_that_nobody_asked_about_are_told() {
    let sine = case("secant 1\nparam x [] = 0.5\ny = sin(x)\nreturn y\n");
    let spoils: [(Spoil, &str); 2] = [
        (
            |_, _, answer| {
                answer
                    .value
                    .iter_mut()
                    .for_each(|v| v.push(("w".into(), vec![1.0])))
            },
            "w: is no output",
        ),
        (
            |_, _, answer| {
                answer
                    .gradient
                    .iter_mut()
                    .for_each(|g| g.push(("w".into(), vec![1.0])))
            },
            "w: is no parameter",
        ),
    ];
    for (spoil, words) in spoils {
        let found = outcome(&sine, spoil);
        assert_eq!(found.class(), Some(Class::WrongShape), "{found}");
        assert!(found.to_string().contains(words), "{found}");
    }
}

#[test]
fn the_last_digits_of_a_small_gradient_are_nobodys_fault() {
    let far = case("secant 1\ndtype f32\nparam x [] = 9.0\ny = tanh(x)\nreturn y\n");
    // 1 - y^2, in single precision
    let found = outcome(&far, |_, _, answer| {
        set(answer, "x", &[1.1920928955078125e-7]);
    });
    assert!(matches!(found, Outcome::Unconfirmed(..)), "{found}");
    let found = outcome(&far, |_, _, answer| set(answer, "x", &[1e-5]));
    assert_eq!(found.class(), Some(Class::WrongGradient), "{found}");
    // the same where the cotangent grows on its way, and what it comes to is less than that of the program
    let long = case(
        "secant 1\nconst c [] = 8.0\nparam x [] = 2.65\na = exp(x)\nb = tanh(a)\np = powi(b, n=4)\ny = mul(p, c)\nreturn y\n",
    );
    let found = outcome(&long, |_, _, answer| {
        let slope = 1.0 - 2.65f64.exp().tanh().powi(2);
        set(answer, "x", &[32.0 * 2.65f64.exp() * slope]);
    });
    assert!(matches!(found, Outcome::Unconfirmed(..)), "{found}");
    let found = outcome(&long, |_, _, answer| {
        let right = 32.0 * 2.65f64.exp() / 2.65f64.exp().cosh().powi(2);
        set(answer, "x", &[1.01 * right]);
    });
    assert_eq!(found.class(), Some(Class::WrongGradient), "{found}");
}

/// Sets elements of the only gradient.
fn set(answer: &mut Evaluation, name: &str, numbers: &[f64]) {
    // the values alone are asked for when they are differentiated
    let Some(named) = &mut answer.gradient else {
        return;
    };
    let (_, data) = named.iter_mut().find(|(own, _)| own == name).unwrap();
    data.copy_from_slice(numbers);
}

#[test]
fn a_legal_choice_is_a_convention_and_no_fault() {
    let relu = case(
        "secant 1\nparam x [3] = [0.0, -1.0, 2.0]\ny = relu(x)\nreturn y\ncotangent y = [1.0, 1.0, 1.0]\n",
    );
    let found = outcome(&relu, |_, _, answer| set(answer, "x", &[1.0, 0.0, 1.0]));
    assert_eq!(found.class(), Some(Class::Convention), "{found}");
    assert!(!found.is_finding());
    // our own choice is not worth a word, and one that lies outside of both sides is wrong
    let ours = outcome(&relu, |_, _, _| {});
    assert_eq!(ours.class(), None, "{ours}");
    let wrong = outcome(&relu, |_, _, answer| set(answer, "x", &[2.0, 0.0, 1.0]));
    assert_eq!(wrong.class(), Some(Class::WrongGradient), "{wrong}");

    let max = case("secant 1\nparam a [] = 1.5\nparam b [] = 1.5\ny = max(a, b)\nreturn y\n");
    let first = outcome(&max, |_, _, answer| {
        set(answer, "a", &[1.0]);
        set(answer, "b", &[0.0]);
    });
    assert_eq!(first.class(), Some(Class::Convention), "{first}");
    let sort = case(
        "secant 1\nparam x [2] = [1.0, 1.0]\ny = sort(x)\nreturn y\ncotangent y = [1.0, 3.0]\n",
    );
    let other = outcome(&sort, |_, _, answer| set(answer, "x", &[3.0, 1.0]));
    assert_eq!(other.class(), Some(Class::Convention), "{other}");
}

#[test]
fn choices_that_contradict_each_other_are_a_fault() {
    let reduce = case("secant 1\nparam x [3] = [2.0, 2.0, 1.0]\ny = max_reduce(x)\nreturn y\n");
    let found = outcome(&reduce, |_, _, answer| set(answer, "x", &[1.0, 1.0, 0.0]));
    assert_eq!(found.class(), Some(Class::WrongGradient), "{found}");
    assert!(
        found
            .to_string()
            .contains("moved together the function is smooth"),
        "{found}"
    );
    assert!(
        found
            .to_string()
            .contains("differences of its own values give 1e0"),
        "{found}"
    );
    let one = outcome(&reduce, |_, _, answer| set(answer, "x", &[0.0, 1.0, 0.0]));
    assert_eq!(one.class(), Some(Class::Convention), "{one}");
    let max = case("secant 1\nparam a [] = 1.5\nparam b [] = 1.5\ny = max(a, b)\nreturn y\n");
    let neither = outcome(&max, |_, _, answer| {
        set(answer, "a", &[0.0]);
        set(answer, "b", &[0.0]);
    });
    assert_eq!(neither.class(), Some(Class::WrongGradient), "{neither}");
    // two kinks that have nothing to do with each other may be chosen differently
    let two = case(
        "secant 1\nparam x [2] = [0.0, 0.0]\ny = relu(x)\nreturn y\ncotangent y = [1.0, -1.0]\n",
    );
    let mixed = outcome(&two, |_, _, answer| set(answer, "x", &[1.0, 0.0]));
    assert_eq!(mixed.class(), Some(Class::Convention), "{mixed}");
    // no rule differentiates a condition, though all that it chooses from may be 0
    let condition =
        case("secant 1\nparam x [] = 0.0\nconst zero [] = 0.0\ny = where(x, zero, x)\nreturn y\n");
    let chosen = outcome(&condition, |_, _, answer| set(answer, "x", &[1.0]));
    assert_eq!(chosen.class(), None, "{chosen}");
}

/// The case with every relu as a choice that takes the right branch at 0.
fn right_branches(case: &Case) -> Case {
    let text = case.to_text();
    let mut lines = Vec::new();
    for (k, line) in text.lines().enumerate() {
        match line.split_once(" = relu(") {
            Some((name, operand)) => {
                let operand = operand.trim_end_matches(')');
                lines.push(format!("choice{k} = ge({operand}, nought)"));
                lines.push(format!("{name} = where(choice{k}, {operand}, nought)"));
            }
            None => lines.push(line.into()),
        }
        if line.starts_with("dtype") {
            lines.push("const nought [] = 0.0".into());
        }
    }
    Case::from_text(&(lines.join("\n") + "\n")).unwrap()
}

#[test]
fn a_campaign_counts_no_convention_as_wrong() {
    let summary = campaign(&["relu", "add"], 600, None, || {
        spoiled("other", |case, want, answer| {
            let mut tape = Builtin::new(Way::Tape);
            *answer = tape.evaluate(&right_branches(case), want).unwrap();
        })
    });
    assert!(!summary.findings.is_empty());
    for finding in &summary.findings {
        assert_eq!(finding.class, Class::Convention, "{finding:?}");
        assert_eq!(finding.ops, ["relu"], "{finding:?}");
    }
    assert_eq!(summary.disagreements(), 0);
    assert!(summary.undecided["convention"] > 0);
}

#[test]
fn low_precision_of_values_is_told_as_that() {
    let tanh = case("secant 1\nparam x [2] = [0.3, -0.7]\ny = tanh(x)\nreturn y\n");
    let narrow = outcome(&tanh, |_, _, answer| {
        let values = answer.value.iter_mut().flatten();
        values.for_each(|(_, data)| data.iter_mut().for_each(|y| *y = f64::from(*y as f32)));
    });
    assert_eq!(narrow.class(), Some(Class::WrongValue), "{narrow}");
    assert!(
        narrow.to_string().contains("low precision: values have"),
        "{narrow}"
    );
    let wrong = outcome(&tanh, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[1] *= 1.5;
    });
    assert_eq!(wrong.class(), Some(Class::WrongValue), "{wrong}");
    assert!(!wrong.to_string().contains("low precision"), "{wrong}");
}

/// sinc is 0 at whole numbers, and a sine of a rounded multiple of pi is not. What rounding cannot explain is wrong.
#[test]
fn a_zero_that_is_exact_by_luck_is_asked_of_nobody() {
    let sinc = case("secant 1\nparam x [] = 3.0\ny = sinc(x)\nreturn y\n");
    let rounded = outcome(&sinc, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[0] += 3.9e-17;
    });
    assert!(!rounded.is_finding(), "{rounded}");
    assert!(rounded.to_string().contains("roundoffs"), "{rounded}");
    let wrong = outcome(&sinc, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[0] += 1e-12;
    });
    assert_eq!(wrong.class(), Some(Class::WrongValue), "{wrong}");
    // nor behind an operation that no roundoff of the input gets through
    let behind = case(
        "secant 1\nparam x [] = 2.0\nconst one [] = 1.0\na = ge(x, one)\ny = sinc(a)\nreturn y\n",
    );
    let rounded = outcome(&behind, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[0] += 3.9e-17;
    });
    assert!(rounded.to_string().contains("roundoffs"), "{rounded}");
    let wrong = outcome(&behind, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[0] += 1e-12;
    });
    assert_eq!(wrong.class(), Some(Class::WrongValue), "{wrong}");
}

/// A value is rounded where no derivative passes, too.
#[test]
fn a_roundoff_behind_a_stop_of_gradients_is_nobodys_fault() {
    let stopped = case(
        "secant 1\nconst x [] = 1.0000011920928955\na = acosh(x)\ny = stop_gradient(a)\nreturn y\n",
    );
    let rounded = outcome(&stopped, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[0] += 4.2e-17;
    });
    assert!(rounded.to_string().contains("roundoffs"), "{rounded}");
    let wrong = outcome(&stopped, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[0] += 1e-10;
    });
    assert_eq!(wrong.class(), Some(Class::WrongValue), "{wrong}");
}

/// An inverse has roundoffs of its largest elements where it is 0; a number that no rounding makes is wrong.
#[test]
fn a_zero_among_large_elements_may_be_off_by_their_roundoffs() {
    let inverse = case("secant 1\nparam a [2, 2] = [3.0, 0.0, 1.0, 7.0]\ny = inv(a)\nreturn y\n");
    let rounded = outcome(&inverse, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[1] = 1e-17;
    });
    assert!(rounded.to_string().contains("roundoffs"), "{rounded}");
    let wrong = outcome(&inverse, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[1] = 1e-12;
    });
    assert_eq!(wrong.class(), Some(Class::WrongValue), "{wrong}");
    let turned =
        case("secant 1\nparam a [2, 2] = [3.0, 0.0, 1.0, 7.0]\ny = transpose(a)\nreturn y\n");
    // what only moves elements has no roundoffs
    let moved = outcome(&turned, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[2] = 1e-17;
    });
    assert_eq!(moved.class(), Some(Class::WrongValue), "{moved}");
    let dot =
        "secant 1\nparam a [2] = [0.0, 3.0]\nparam b [2] = [5.0, 0.0]\ny = dot(a, b)\nreturn y\n";
    let unwritten = outcome(&case(dot), |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[0] = 1.6e-322;
    });
    assert_eq!(unwritten.class(), Some(Class::WrongValue), "{unwritten}");
}

#[test]
fn no_number_is_no_fault_where_there_is_no_derivative() {
    let norm = case("secant 1\nparam x [] = 0.0\ny = norm(x)\nreturn y\n");
    let origin = outcome(&norm, |_, _, answer| set(answer, "x", &[f64::NAN]));
    assert!(!origin.is_finding(), "{origin}");
    let square = case("secant 1\nparam x [] = 0.0\ny = square(x)\nreturn y\n");
    let smooth = outcome(&square, |_, _, answer| set(answer, "x", &[f64::NAN]));
    assert_eq!(smooth.class(), Some(Class::NonFinite), "{smooth}");
}

#[test]
fn what_is_not_confirmed_hides_nothing() {
    let sine = case("secant 1\nparam x [] = 3.0\ny = sinc(x)\nreturn y\n");
    let both = outcome(&sine, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[0] += 3.9e-17;
        let slope = answer.gradient.as_ref().map_or(0.0, |g| g[0].1[0]);
        set(answer, "x", &[1.001 * slope]);
    });
    assert_eq!(both.class(), Some(Class::WrongGradient), "{both}");
}

/// What a few roundoffs explain in one element is no excuse for another.
#[test]
fn an_element_that_is_not_confirmed_acquits_no_other() {
    let tanh = "secant 1\ndtype f32\nparam x [3] = [9.0, 8.5, 0.5]\ny = tanh(x)\nreturn y\n\
                cotangent y = [1.0, 1.0, 1.0]\n";
    /// The slopes where it is flat with an error of a roundoff, and the last one times a factor.
    fn spoil(answer: &mut Evaluation, factor: f64) {
        let slope = 1.0 - 0.5f64.tanh().powi(2);
        let flat = [1.1920928955078125e-7, 2.384185791015625e-7];
        set(answer, "x", &[flat[0], flat[1], factor * slope]);
    }
    let flat = outcome(&case(tanh), |_, _, answer| spoil(answer, 1.0));
    assert!(matches!(flat, Outcome::Unconfirmed(..)), "{flat}");
    let near = outcome(&case(tanh), |_, _, answer| spoil(answer, 2.0));
    assert_eq!(near.class(), Some(Class::WrongGradient), "{near}");
    assert!(near.to_string().contains("x[2]"), "{near}");
}

/// The triangle below the diagonal is what rounding left there, or wrong.
#[test]
fn a_zero_that_nothing_moves_may_be_what_rounding_left() {
    let qr = case("secant 1\nconst a [2, 2] = [1.0, 0.4, 0.9, 0.8]\nr = qr_r(a)\nreturn r\n");
    let rounded = outcome(&qr, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[2] = 4.1e-17;
    });
    assert!(rounded.to_string().contains("roundoffs"), "{rounded}");
    let wrong = outcome(&qr, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[2] = 1e-12;
    });
    assert_eq!(wrong.class(), Some(Class::WrongValue), "{wrong}");
}

#[test]
fn what_its_own_values_contradict_is_no_finding() {
    // at 1 the cube has the value of the square
    let square = case("secant 1\nparam x [] = 1.0\ny = square(x)\nreturn y\n");
    let cubed = outcome(&square, |case, _, answer| {
        let x = case.params["x"].item();
        answer.value.as_mut().unwrap()[0].1[0] = x * x * x;
        if let Some(gradient) = &mut answer.gradient {
            gradient[0].1[0] = 3.0 * x * x;
        }
    });
    let Outcome::Unconfirmed(Class::WrongGradient, message) = &cubed else {
        panic!("{cubed}");
    };
    assert!(message.contains("which is what it says"), "{message}");
    // whose own values are wrong as well is told so
    let lost = outcome(&square, |case, _, answer| {
        let x = case.params["x"].item();
        answer.value.as_mut().unwrap()[0].1[0] = x * x * x;
        if let Some(gradient) = &mut answer.gradient {
            gradient[0].1[0] = 7.0;
        }
    });
    assert_eq!(lost.class(), Some(Class::WrongGradient), "{lost}");
    assert!(
        lost.to_string().contains("its own values are wrong too"),
        "{lost}"
    );
}

#[test]
fn tangents_and_second_derivatives_are_confirmed_too() {
    let product =
        case("secant 1\nparam x [] = 1.5\nparam z [] = 0.5\na = sin(x)\ny = mul(a, z)\nreturn y\n");
    let ask = |spoil: Spoil| judge_case(&product, &mut [spoiled("spoiled", spoil)], 2, 1).remove(0);
    let right = ask(|_, _, _| {});
    assert_eq!(right, Outcome::Agree);
    let jvp = ask(|_, _, answer| {
        let all = answer.jvp.iter_mut().flatten();
        all.for_each(|(_, data)| data.iter_mut().for_each(|x| *x *= 1.5));
    });
    assert_eq!(jvp.class(), Some(Class::WrongJvp), "{jvp}");
    assert!(
        jvp.to_string()
            .contains("differences of its own values give"),
        "{jvp}"
    );
    let hvp = ask(|_, _, answer| {
        let all = answer.hvp.iter_mut().flatten();
        all.for_each(|(_, data)| data.iter_mut().for_each(|x| *x *= 1.5));
    });
    assert_eq!(hvp.class(), Some(Class::WrongHvp), "{hvp}");
    assert!(
        hvp.to_string()
            .contains("differences of its own gradients give"),
        "{hvp}"
    );
}

#[test]
fn the_last_digits_of_a_small_second_derivative_are_nobodys_fault() {
    // g (y / x), of which x g y / x^2 is to be taken away: in another order it is off by a unit in the last place
    let flat = case(
        "secant 1\ndtype f32\nparam x [] = -1.25\nconst s [] = 1.0\ny = copysign(x, s)\nreturn y\ncotangent y = 1.125\n",
    );
    let ask = |spoil: Spoil| judge_case(&flat, &mut [spoiled("spoiled", spoil)], 2, 1).remove(0);
    assert_eq!(ask(|_, _, _| {}), Outcome::Agree);
    let found = ask(|_, _, answer| set_product(answer, -5.960464477539063e-8));
    assert!(matches!(found, Outcome::Unconfirmed(..)), "{found}");
    let found = ask(|_, _, answer| set_product(answer, 1e-5));
    assert_eq!(found.class(), Some(Class::WrongHvp), "{found}");
}

/// Sets all Hessian-vector products.
fn set_product(answer: &mut Evaluation, number: f64) {
    let all = answer.hvp.iter_mut().flatten();
    all.for_each(|(_, data)| data.fill(number));
}

/// A tangent that is NaN is no value, and a Hessian-vector product no gradient.
#[test]
fn what_is_not_finite_is_confirmed_as_what_it_is() {
    let sine = case("secant 1\nparam x [] = 1.5\ny = sin(x)\nreturn y\n");
    let ask = |spoil: Spoil| judge_case(&sine, &mut [spoiled("spoiled", spoil)], 2, 1).remove(0);
    let jvp = ask(|_, _, answer| {
        let all = answer.jvp.iter_mut().flatten();
        all.for_each(|(_, data)| data.fill(f64::NAN));
    });
    assert_eq!(jvp.class(), Some(Class::NonFinite), "{jvp}");
    let words = "differences of its own values give";
    assert!(jvp.to_string().contains(words), "{jvp}");
    let hvp = ask(|_, _, answer| {
        let all = answer.hvp.iter_mut().flatten();
        all.for_each(|(_, data)| data.fill(f64::NAN));
    });
    assert_eq!(hvp.class(), Some(Class::NonFinite), "{hvp}");
    let words = "differences of its own gradients give";
    assert!(hvp.to_string().contains(words), "{hvp}");
    // as at a norm's origin, where there is no second derivative
    let norm = case("secant 1\nparam x [2] = [0.0, 0.0]\ny = norm(x)\nreturn y\n");
    let engine = spoiled("spoiled", |_, _, answer| {
        let all = answer.hvp.iter_mut().flatten();
        all.for_each(|(_, data)| data.fill(f64::NAN));
    });
    let origin = judge_case(&norm, &mut [engine], 2, 1).remove(0);
    assert!(!origin.is_finding(), "{origin}");
}

#[test]
fn nothing_stands_for_zeros_only() {
    let drop = |_: &Case, _: &Want, answer: &mut Evaluation| {
        let gradient: Named = answer.gradient.take().unwrap_or_default();
        answer.gradient = Some(
            gradient
                .into_iter()
                .filter(|(name, _)| name != "z")
                .collect(),
        );
    };
    let idle = case("secant 1\nparam x [] = 1.0\nparam z [2] = [1.0, 2.0]\ny = sin(x)\nreturn y\n");
    let found = outcome(&idle, drop);
    assert_eq!(found.class(), None, "{found}");
    let used = case("secant 1\nparam x [] = 1.0\nparam z [] = 2.0\ny = mul(x, z)\nreturn y\n");
    let found = outcome(&used, drop);
    assert_eq!(found.class(), Some(Class::MissingGradient), "{found}");
}

/// Adds each gradient to the one before.
struct Accumulating {
    tape: Builtin,
    total: Option<Named>,
}

impl Engine for Accumulating {
    fn name(&self) -> &str {
        "accumulating"
    }

    fn capabilities(&self) -> &Capabilities {
        self.tape.capabilities()
    }

    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        let mut answer = self.tape.evaluate(case, want)?;
        if let Some(gradient) = &mut answer.gradient {
            for ((_, data), (_, before)) in gradient.iter_mut().zip(self.total.iter().flatten()) {
                data.iter_mut().zip(before).for_each(|(x, y)| *x += y);
            }
            self.total = Some(gradient.clone());
        }
        Ok(answer)
    }
}

#[test]
fn a_second_backward_pass_must_not_add_to_the_first() {
    let product = case("secant 1\nparam x [] = 1.5\nparam z [] = 2.0\ny = mul(x, z)\nreturn y\n");
    let engine = Accumulating {
        tape: Builtin::new(Way::Tape),
        total: None,
    };
    let found = judge_case(&product, &mut [Box::new(engine) as Box<dyn Engine>], 1, 1).remove(0);
    assert_eq!(found.class(), Some(Class::NotRepeatable), "{found}");
    assert!(
        found.to_string().contains("was added to the first"),
        "{found}"
    );
}

/// Answers right the first time; what becomes of later answers is another's to say.
struct Once<F>(Builtin, u64, F);

impl<F: Fn(&mut Evaluation) + Send> Engine for Once<F> {
    fn name(&self) -> &str {
        "once"
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        let mut answer = self.0.evaluate(case, want)?;
        if self.1 > 0 {
            (self.2)(&mut answer);
        }
        self.1 += 1;
        Ok(answer)
    }
}

#[test]
fn a_second_answer_must_not_lack_what_the_first_one_had() {
    let product = case("secant 1\nparam x [2] = [1.5, 2.5]\ny = square(x)\nreturn y\n");
    let twice = |spoil: fn(&mut Evaluation)| {
        let engine: Box<dyn Engine> = Box::new(Once(Builtin::new(Way::Tape), 0, spoil));
        judge_case(&product, &mut [engine], 1, 1).remove(0)
    };
    assert_eq!(twice(|_| {}), Outcome::Agree);
    type Row = (fn(&mut Evaluation), &'static str);
    let table: [Row; 4] = [
        (
            |answer| answer.gradient = Some(Vec::new()),
            "x is answered first, and not again",
        ),
        (
            |answer| {
                let mut named = answer.gradient.iter_mut().flatten();
                named.next().unwrap().1.pop();
            },
            "x has 2 elements first, then 1",
        ),
        (
            |answer| {
                let value = answer.value.iter_mut();
                value.for_each(|named| named.push(("z".into(), Vec::new())));
            },
            "z is answered the second time only",
        ),
        (
            |answer| answer.shapes = vec![("x".into(), [2, 1].into())],
            "shapes are",
        ),
    ];
    for (spoil, words) in table {
        let found = twice(spoil);
        assert_eq!(found.class(), Some(Class::NotRepeatable), "{found}");
        assert!(found.to_string().contains(words), "{words}: {found}");
    }
}

#[test]
fn a_wrong_shape_comes_before_wrong_numbers() {
    let square = case("secant 1\nparam x [2] = [1.0, 2.0]\ny = square(x)\nreturn y\n");
    let found = outcome(&square, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[0] = 7.0;
        answer.shapes = vec![("x".into(), [2, 1].into())];
    });
    assert_eq!(found.class(), Some(Class::WrongShape), "{found}");
}

/// Has values only: our tape's, times a number.
struct Forward(Builtin, f64);

impl Engine for Forward {
    fn name(&self) -> &str {
        "forward"
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        if want.gradient {
            return Err(EngineError::Unsupported("no backward".into()));
        }
        let mut answer = self.0.evaluate(case, want)?;
        let numbers = answer.value.iter_mut().flatten();
        numbers.for_each(|(_, data)| data.iter_mut().for_each(|x| *x *= self.1));
        Ok(answer)
    }
}

#[test]
fn values_are_judged_where_there_is_no_gradient() {
    let case = case("secant 1\nparam x [2] = [1.0, 2.0]\ny = exp(x)\nreturn y\n");
    let outcome = |factor| {
        let engine: Box<dyn Engine> = Box::new(Forward(Builtin::new(Way::Tape), factor));
        judge_case(&case, &mut [engine], 2, 1).remove(0)
    };
    // nobody knows of its gradients, so it does not agree
    assert_eq!(outcome(1.0), Outcome::Unsupported("no backward".into()));
    assert_eq!(outcome(1.5).class(), Some(Class::WrongValue));
}

/// Has no tangents, and gradients times a number.
struct Backward(Builtin, f64);

impl Engine for Backward {
    fn name(&self) -> &str {
        "backward"
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        if want.tangents.is_some() {
            return Err(EngineError::Unsupported("no forward mode of exp".into()));
        }
        let mut answer = self.0.evaluate(case, want)?;
        for part in [&mut answer.gradient, &mut answer.hvp] {
            let numbers = part.iter_mut().flatten();
            numbers.for_each(|(_, data)| data.iter_mut().for_each(|x| *x *= self.1));
        }
        Ok(answer)
    }
}

#[test]
fn gradients_are_judged_where_there_are_no_tangents() {
    let case = case("secant 1\nparam x [2] = [1.0, 2.0]\ny = exp(x)\nreturn y\n");
    let outcome = |factor| {
        let engine: Box<dyn Engine> = Box::new(Backward(Builtin::new(Way::Tape), factor));
        judge_case(&case, &mut [engine], 2, 1).remove(0)
    };
    let refusal = "no forward mode of exp".into();
    assert_eq!(outcome(1.0), Outcome::Unsupported(refusal));
    assert_eq!(outcome(1.5).class(), Some(Class::WrongGradient));
}
