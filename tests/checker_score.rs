//! The example that measures gradient checkers: its closed forms, and a short run of it.

#[allow(dead_code)] // `main`, and what only it uses
#[path = "../examples/checker_score/main.rs"]
mod checker_score;

use checker_score::families::{FAMILIES, verify, verify_claims};
use checker_score::{measure, promises};

#[test]
fn closed_forms_are_right() {
    for seed in 1..4 {
        assert_eq!(verify(seed), Ok(()));
    }
}

#[test]
fn a_wrong_closed_form_is_seen() {
    for factor in [-1.0, 1.0 + 1e-8, f64::NAN] {
        let spoiled = |subject: &dyn checker_score::families::Subject, at: &[f64]| {
            let mut gradient = subject.gradient(at);
            gradient[0] *= factor;
            gradient
        };
        let message = verify_claims(1, spoiled).unwrap_err();
        assert!(message.starts_with(FAMILIES[0].name), "{message}");
    }
}

#[test]
fn a_short_run_keeps_the_promises() {
    let trials = 2 * FAMILIES.len() as u64;
    assert_eq!(promises::keep(&measure(trials, 1)), Ok(()));
}
